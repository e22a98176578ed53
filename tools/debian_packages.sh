#!/bin/sh
# What the tests need besides Python: a PostgreSQL server of their own, `ip`, and a C compiler for
# what makes bad weather. Does nothing where all are there. Where only root could install them, the tests that need them
# are skipped and say so.
set -eu

missing=""
ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || command -v initdb > /dev/null || missing="postgresql"
command -v ip > /dev/null || [ -x /sbin/ip ] || missing="$missing iproute2"
command -v cc > /dev/null || missing="$missing gcc libc6-dev"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "Not here, and not installed as that takes root and Debian's apt-get:" $missing
    exit 0
fi
# A runlevel without services: the tests start their own server, and no other is wanted.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
apt-get update -qq
# shellcheck disable=SC2086  # one word a package
apt-get install -qq -y --no-install-recommends $missing > /dev/null
