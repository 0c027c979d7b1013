#!/bin/sh
# Muster in its image, with the flags for Node that it wants. Also under the name `traefik`, since compose files written for Traefik's
# image call it so: `test: [CMD, traefik, healthcheck]`, and `command: traefik --api`, whose first word goes here.
#
# The warning is about a call in a package and says nothing to a user. A small young generation and collections on demand
# (forwarder/relayed-bytes.ts) keep large bodies from gathering in memory. Without pretenuring, because V8 takes what
# survives one burst of requests for long-lived ever after: a request then costs a third more, and memory grows by half.
# Not --disable-sigusr1: Node then leaves that signal blocked, and whoever rotates the access log sends it in vain.
case ${1-} in muster | traefik) shift ;; esac
exec node --disable-warning=DEP0060 --max-semi-space-size=2 --no-allocation-site-pretenuring --expose-gc /muster/src/main.ts "$@"
