#!/bin/sh
# Acceptance 1-1: on a bare Debian 12 with nothing but git and make, `make demo` and `make test` do all
# that README says, as root and as a user with sudo; done again, they install and build nothing; without
# root and without sudo they print the command to run.
#
#     sh tests/accept/1-1.sh BUILD        (root; GOALS="demo test" says what is made)
#
# Bare systems are made by debootstrap and kept as archives in CACHE for the next time.  Where Debian is
# fetched from, and how, is read from this machine's own apt configuration.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
: "${GOALS:=demo test}" "${CACHE:=${XDG_CACHE_HOME:-/tmp}/dossier-accept-$(id -u)}"
suite=bookworm

if [ "$(id -u)" != 0 ]; then
	echo "accept 1-1: needs root, to make bare systems" >&2
	exit 1
fi
# A mount namespace of its own: whatever is mounted below is gone when this script is.
if [ "${IN_NAMESPACE:-}" != 1 ]; then
	exec env IN_NAMESPACE=1 unshare --mount --propagation private sh "$0" "$@"
fi

mkdir -p "$CACHE/archives/partial"
room=$(mktemp -d "${TMPDIR:-/tmp}/dossier-accept.XXXXXX")
clean_up() {
	umount "$room"/*/proc "$room"/*/dev/pts "$room"/*/var/cache/apt/archives 2>/dev/null || true
	rm -rf --one-file-system "$room"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { echo "accept 1-1: $*"; }
fail() { say "FAILED: $*"; exit 1; }

# The address of the mirror that this machine uses for the suite: one-line and deb822 sources.
mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources \
		2>/dev/null | awk -v suite="$suite" '
	$1 == "deb" {
		for (i = 2; i < NF; i++)
			if ($(i + 1) == suite && $i ~ /:\/\//) { print $i; exit }
	}
	$1 == "URIs:" { uri = $2 }
	$1 == "Suites:" { for (i = 2; i <= NF; i++) if ($i == suite && uri != "") { print uri; exit } }'
}

# A bare system in $room/NAME with the packages PACKAGE,... beyond minbase.
bare_system() {
	name=$1 packages=$2
	archive=$CACHE/$suite-$(echo "$packages" | tr , -).tar
	if [ ! -f "$archive" ]; then
		say "making a bare $suite with $packages"
		from=$(mirror)
		[ -n "$from" ] || fail "no source for $suite in this machine's apt configuration"
		debootstrap --variant=minbase --include="$packages" $suite "$room/new" "$from" \
			>"$CACHE/debootstrap.log" 2>&1 || fail "debootstrap, see $CACHE/debootstrap.log"
		tar -C "$room/new" -cf "$archive.part" .
		mv "$archive.part" "$archive"
		rm -rf "$room/new"
	fi
	system=$room/$name
	mkdir "$system"
	tar -C "$system" -xf "$archive"
	use_apt_configuration
	mount -t proc proc "$system/proc"
	mount -t devpts devpts "$system/dev/pts"
	mount --bind "$CACHE/archives" "$system/var/cache/apt/archives"
	watch_apt
	chroot "$system" useradd -m -s /bin/sh tester
	git clone -q --no-local "$root" "$system/srv/dossier"
	chroot "$system" chown -R tester:tester /srv/dossier
}

# Sources, keys, passwords and proxies of this machine; none of its other settings.
use_apt_configuration() {
	rm -f "$system/etc/apt/sources.list"
	for part in sources.list sources.list.d auth.conf auth.conf.d keyrings trusted.gpg.d; do
		[ ! -e "/etc/apt/$part" ] || cp -r "/etc/apt/$part" "$system/etc/apt/"
	done
	grep -liE '^[^/#]*Acquire' /etc/apt/apt.conf /etc/apt/apt.conf.d/* 2>/dev/null |
		while read -r file; do
			cp "$file" "$system/etc/apt/apt.conf.d/"
		done
	for file in resolv.conf hosts; do
		[ ! -e "/etc/$file" ] || cp -L "/etc/$file" "$system/etc/$file"
	done
}

# Every call of apt-get leaves a line in /apt-calls.
watch_apt() {
	cat >"$system/usr/local/bin/apt-get" <<-'SHIM'
	#!/bin/sh
	echo "$*" >>/apt-calls
	exec /usr/bin/apt-get "$@"
	SHIM
	chmod 755 "$system/usr/local/bin/apt-get"
	: >"$system/apt-calls"
	chmod 666 "$system/apt-calls"
}

# Makes GOALS one after the other as USER; its output goes into LOG.
make_goals() {
	user=$1 log=$2
	home=$(chroot "$system" sh -c "echo ~$user")
	for goal in $GOALS; do
		chroot "$system" setpriv --reuid "$user" --regid "$user" --init-groups \
			env -i HOME="$home" USER="$user" \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
			sh -c "cd /srv/dossier && make $goal" >>"$log" 2>&1 </dev/null || return 1
	done
}

# The whole line for one kind of user.
check_user() {
	user=$1
	log=$room/$user.log
	from=$(date +%s)
	if ! make_goals "$user" "$log"; then
		tail -n 60 "$log"
		fail "as $user: make $GOALS"
	fi
	[ -s "$system/apt-calls" ] || fail "as $user: nothing was installed, so this system was not bare"
	say "as $user: $(tail -n 1 "$log"), $(($(date +%s) - from)) s with everything installed first"
	case " $GOALS " in
	*' test '*) tail -n 1 "$log" | grep -Eq '^[0-9]+ passed, 0 failed$' || fail "as $user: the last line" ;;
	esac

	: >"$system/apt-calls"
	touch "$room/before"
	sleep 1
	from=$(date +%s)
	make_goals "$user" "$log" || fail "as $user: the second time"
	[ ! -s "$system/apt-calls" ] || fail "as $user: apt was called again: $(cat "$system/apt-calls")"
	built=$(find "$system/srv/dossier/build" -newer "$room/before" -type f \
		\( -name '*.o' -o -name '*.a' -o -name dossier -o -path '*/tests/unit/*' ! -name '*.log' \
		! -name '*.sum' \) | grep -v /log/ || true)
	[ -z "$built" ] || fail "as $user: built again: $built"
	say "as $user: the second time nothing installed, nothing built, $(($(date +%s) - from)) s"
}

bare_system as-root git,make
chroot "$system" chown -R root:root /srv/dossier
check_user root

bare_system with-sudo git,make,sudo
echo 'tester ALL=(ALL) NOPASSWD: ALL' >"$system/etc/sudoers.d/tester"
check_user tester

bare_system without-sudo git,make
if make_goals tester "$room/refused.log"; then
	fail "without root and sudo it went on"
fi
grep -q '^  apt-get update && apt-get install -y .*gcc' "$room/refused.log" ||
	fail "without root and sudo the command to run was not printed: $(tail -n 3 "$room/refused.log")"
say "without root and sudo: prints the command to run and stops"
say "passed"
