#!/bin/sh
# A certificate for a network without internet: phones keep the scanning page and open their
# camera only for a site they reach by HTTPS and trust.
#
#   scripts/certificate.sh FOLDER NAME-OR-ADDRESS...
#
# Makes FOLDER/authority.crt once (to be installed on each phone) and FOLDER/site.crt, site.key for
# the names given. Made again only when the names change or it ends within a month.
set -eu
folder=$1
shift
[ $# -gt 0 ] || { echo "certificate: name at least one host or address" >&2; exit 2; }
command -v openssl >/dev/null 2>&1 || { echo "certificate: please install openssl" >&2; exit 1; }
umask 077
mkdir -p "$folder"
cd "$folder"

names=""
for name in "$@"; do
    case $name in
        *[!0-9.]*:* | \[*) kind=IP name=$(echo "$name" | tr -d '[]') ;;
        *[!0-9.]*) kind=DNS ;;
        *) kind=IP ;;
    esac
    names="${names:+$names,}$kind:$name"
done

if [ ! -f authority.crt ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
        -keyout authority.key -out authority.crt -subj "/CN=Rafkhan of this library" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
fi
if [ -f site.crt ] && [ "$(cat site.names 2>/dev/null)" = "$names" ] &&
    openssl x509 -in site.crt -checkend 2592000 -noout >/dev/null; then
    exit 0
fi
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout site.key -out site.csr -subj "/CN=$1" 2>/dev/null
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$names" >site.ext
# Browsers take no longer time than this from any authority.
openssl x509 -req -in site.csr -CA authority.crt -CAkey authority.key -CAcreateserial \
    -days 397 -extfile site.ext -out site.crt 2>/dev/null
rm -f site.csr site.ext
printf '%s' "$names" >site.names
echo "certificate: for $names; install $(pwd)/authority.crt on each phone"
