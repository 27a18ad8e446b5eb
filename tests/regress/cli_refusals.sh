#!/bin/sh
# What acceptance 1-9 asks of the command line belongs to the tests of every day.
exec sh "$(dirname "$0")/../accept/1-9.sh" "$1"
