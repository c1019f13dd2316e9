# The clearing house with the wallet's files. The same TypeScript that the tests run, without a build step of its own.
FROM node:24.21.0-trixie-slim AS build
WORKDIR /build
# the terminal's shell is not part of a server
ENV ELECTRON_SKIP_BINARY_DOWNLOAD=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node_modules/.bin/vite build --config wallet/vite.config.ts
RUN npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-trixie-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 WALLET_FOLDER=/app/out/wallet KEYS_FOLDER=/var/lib/fieldtill/keys
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/shared shared
COPY --from=build /build/clearing clearing
COPY --from=build /build/out/wallet out/wallet
RUN install -d -o node -g node -m 0700 /var/lib/fieldtill/keys
USER node
VOLUME /var/lib/fieldtill/keys
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/health/ready').then((a)=>process.exit(a.ok?0:1),()=>process.exit(1))"]
CMD ["node", "clearing/server.ts"]
