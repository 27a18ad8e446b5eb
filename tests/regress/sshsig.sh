#!/bin/sh
# OpenSSH's ssh-keygen is the referee of base/sshsig: keys, fingerprints and signatures agree both ways,
# byte for byte, and what one side must refuse it does.
#
#     sh tests/regress/sshsig.sh BUILD
set -u
ours=$1/tests/regress/sshsig
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
export HOME="$room"
unset SSH_AUTH_SOCK
cd "$room" || exit 1
umask 077
passed=0 failed=0

# result CODE WHAT: counts, and names what went wrong.
result() {
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

same() {
	cmp -s "$1" "$2"
	result $? "$3"
}

refused() {
	what=$1
	shift
	if "$@" >out.txt 2>&1; then result 1 "$what"; else result 0 "$what"; fi
}

# theirs_verifies SIGNATURE NAMESPACE MESSAGE
theirs_verifies() {
	ssh-keygen -Y verify -q -f allowed -I someone -n "$2" -s "$1" <"$3"
}

ours_verifies() {
	"$ours" verify "$1" "$2" <"$3"
}

: >m0
printf 'a change\n' >m1
printf 'nul\000 and \377 and no newline' >m2
head -c 1048577 /dev/zero | tr '\000' 'x' >m3
printf 'another change\n' >other

# A key of each maker: ours with fixed seeds, theirs fresh.
"$ours" private 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 'an officer' >k1
"$ours" private ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff '' >k2
ssh-keygen -q -t ed25519 -N '' -C 'their comment' -f k3
ssh-keygen -q -t ed25519 -N '' -C '' -f k4

for key in k1 k2 k3 k4; do
	# Each reads the other's private key, and both say the same public key and fingerprint.
	seed=$("$ours" seed "$key")
	result $? "$key: we read the private key"
	ssh-keygen -y -f "$key" | cut -d' ' -f1,2 >theirs.pub
	"$ours" public "$seed" >ours.pub
	same ours.pub theirs.pub "$key: public key"
	ssh-keygen -l -f "$key" | cut -d' ' -f2 >theirs.fp
	"$ours" fingerprint "$seed" >ours.fp
	same ours.fp theirs.fp "$key: fingerprint"
	printf 'someone %s\n' "$(cat ours.pub)" >allowed

	for message in m0 m1 m2 m3; do
		for namespace in git dossier-charter dossier-request; do
			"$ours" sign "$seed" "$namespace" <"$message" >ours.sig
			ssh-keygen -q -Y sign -n "$namespace" -f "$key" <"$message" >theirs.sig 2>/dev/null
			same ours.sig theirs.sig "$key $message $namespace: the same signature"
			theirs_verifies ours.sig "$namespace" "$message" >/dev/null
			result $? "$key $message $namespace: ssh-keygen verifies ours"
			ours_verifies theirs.sig "$namespace" "$message" >by.pub
			result $? "$key $message $namespace: we verify ssh-keygen's"
			same by.pub ours.pub "$key $message $namespace: and name its key"
			refused "$key $message $namespace: they refuse another message" \
				theirs_verifies ours.sig "$namespace" other
			refused "$key $message $namespace: we refuse another message" \
				ours_verifies theirs.sig "$namespace" other
			refused "$key $message $namespace: they refuse another namespace" \
				theirs_verifies ours.sig file "$message"
			refused "$key $message $namespace: we refuse another namespace" \
				ours_verifies theirs.sig file "$message"
		done
	done
done

# Where we are stricter.  The first line of each pair is the control: it is good in ssh-keygen's eyes.
"$ours" stretch ours.sig "$namespace" >stretched.sig
theirs_verifies stretched.sig "$namespace" "$message" >/dev/null
result $? "ssh-keygen takes a scalar above the group order"
refused "we refuse a scalar above the group order" ours_verifies stretched.sig "$namespace" "$message"
{
	sed -n 1p ours.sig
	sed '1d;$d' ours.sig | tr -d '\n' | fold -w 64
	echo
	sed -n '$p' ours.sig
} >wrapped.sig
theirs_verifies wrapped.sig "$namespace" "$message" >/dev/null
result $? "ssh-keygen takes other line lengths"
refused "we refuse other line lengths" ours_verifies wrapped.sig "$namespace" "$message"

# An encrypted key is not ours to read, until its passphrase is taken off.
cp k3 locked
ssh-keygen -q -p -N 'a passphrase' -f locked >/dev/null
refused "we do not read an encrypted key" "$ours" seed locked
ssh-keygen -q -p -P 'a passphrase' -N '' -f locked >/dev/null
"$ours" seed locked >unlocked.seed
"$ours" seed k3 >k3.seed
same unlocked.seed k3.seed "and do so when its passphrase is taken off"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
