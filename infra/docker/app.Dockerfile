# The function app on a CPU: Functions host, extension bundle, handler. From the repository's root:
#   docker build -f infra/docker/app.Dockerfile $(infra/docker/pin.sh) --build-arg ROLE=app -t app .
# ROLE: app (all functions) or tiling (all but ScoreBatch); layout.sh says more.
ARG SDK_IMAGE
ARG NODE_IMAGE
ARG FUNCTIONS_IMAGE
ARG DEBIAN_IMAGE

FROM ${NODE_IMAGE} AS node

FROM ${SDK_IMAGE} AS build
# The page is built with npm.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY . .
ENV CI=true
RUN dotnet publish src/Functions -c Release -r linux-x64 --self-contained -o /published
ARG ROLE=app
RUN sh infra/docker/layout.sh /published /root-of-app "$ROLE"

FROM ${FUNCTIONS_IMAGE} AS functions

FROM ${DEBIAN_IMAGE}
# OpenSlide for the formats that libvips does not read; libvips itself comes with the handler. ICU, OpenSSL and the
# certificates are what .NET asks for.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libicu72 libopenslide0 libssl3 tzdata \
  && rm -rf /var/lib/apt/lists/*
COPY --from=functions /usr/share/dotnet /usr/share/dotnet
COPY --from=functions /azure-functions-host /azure-functions-host
COPY --from=functions /FuncExtensionBundles /FuncExtensionBundles
COPY --from=build /root-of-app /home/site/wwwroot
COPY --from=build /source/infra/docker/libraries.sh /usr/local/bin/libraries.sh
RUN sh /usr/local/bin/libraries.sh /home/site/wwwroot liblttng-ust.so.0 \
  && useradd --system --uid 10001 --home-dir /home/app --create-home app \
  && mkdir /home/secrets && chown app:app /home/secrets

# The bundle is taken from where it lies: nothing is downloaded, so that a private network works. Host keys are files: no
# function asks for one.
ENV AzureWebJobsScriptRoot=/home/site/wwwroot \
  AzureFunctionsJobHost__Logging__Console__IsEnabled=true \
  AzureFunctionsJobHost__extensionBundle__downloadPath=/FuncExtensionBundles/Microsoft.Azure.Functions.ExtensionBundle \
  AzureWebJobsSecretStorageType=files \
  FUNCTIONS_SECRETS_PATH=/home/secrets \
  FUNCTIONS_WORKER_RUNTIME=custom \
  ASPNETCORE_URLS=http://+:8080 \
  ASPNETCORE_CONTENTROOT=/azure-functions-host \
  DOTNET_ROOT=/usr/share/dotnet \
  DOTNET_RUNNING_IN_CONTAINER=true \
  DOTNET_USE_POLLING_FILE_WATCHER=true \
  HOME=/home/app
USER app
EXPOSE 8080
ENTRYPOINT ["/azure-functions-host/Microsoft.Azure.WebJobs.Script.WebHost"]
