# Muster's image, and two small backends for trying it out. `npm run image` builds it, on machines that cannot pull BASE
# as well; `docker build -t muster .` is enough on all others. BASE is anything with Node 24.12 or later and npm.
ARG BASE=node:24-slim

FROM ${BASE} AS program
ENV NODE_ENV=production
WORKDIR /muster
# The packages have no need of their install scripts: those build optional accelerators for transports Muster does not use.
COPY package.json package-lock.json ./
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
COPY src ./src
# Compiled once here, by loading everything: a container then starts in little more than half the time and without the
# 30 MB that reading TypeScript costs.
ENV NODE_COMPILE_CACHE=/muster/.compiled
# With the flags of src/muster.sh: what was compiled with others is not found. `version` is for main.ts, which runs.
RUN ["node", "--disable-warning=DEP0060", "--max-semi-space-size=2", "--no-allocation-site-pretenuring", "--expose-gc", "--input-type=module", "--eval", "await Promise.all(['app', 'cli/whoami', 'cli/healthcheck', 'cli/dockersocket', 'settings/parse-settings', 'settings/config-file', 'settings/read-document', 'observability/logger', 'threads/thread-main', 'main'].map((file) => import(`/muster/src/${file}.ts`)))", "main", "version"]
COPY src/muster.sh /usr/local/bin/muster
COPY src/muster.sh /usr/local/bin/traefik
# Where Traefik's image stands: a compose file may mount its `traefik.yml` there, or name an access log relative to it.
WORKDIR /
# An entrypoint, so that a compose file's `command:` holds only flags (`--api.insecure=true`) or a command (`whoami`).
# The script becomes Node, so that SIGTERM reaches it.
ENTRYPOINT ["muster"]

# The backends stand beside Muster, not on top of it, since EXPOSE cannot be taken back: a container that exposes more
# ports than the one it serves would need a label saying which.
FROM program AS backend-80
EXPOSE 80
CMD ["whoami", "--port", "80"]

FROM program AS backend-3000
EXPOSE 3000
CMD ["whoami", "--port", "3000"]

# Runs as root, as Traefik's image does: the user that may read a mounted Docker socket differs from host to host, and
# with that socket at hand another user would protect nothing.
FROM program AS muster
EXPOSE 80 8080
# Edits made at run time and the secret of sticky cookies: compose hands an anonymous volume on to the container's successor.
VOLUME ["/var/lib/muster"]
