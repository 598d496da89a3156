# The scoring app on a GPU: Functions host, extension bundle, and the handler with ONNX Runtime's CUDA provider. From the
# repository's root:
#   docker build -f infra/docker/scoring.Dockerfile $(infra/docker/pin.sh) -t scoring .
ARG SDK_IMAGE
ARG NODE_IMAGE
ARG FUNCTIONS_IMAGE
ARG CUDA_IMAGE

FROM ${NODE_IMAGE} AS node

FROM ${SDK_IMAGE} AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY . .
ENV CI=true
RUN dotnet publish src/Functions -c Release -r linux-x64 --self-contained -p:Accelerator=Cuda -o /published \
  && sh infra/docker/layout.sh /published /root-of-app scoring

FROM ${FUNCTIONS_IMAGE} AS functions

FROM ${CUDA_IMAGE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libicu74 libssl3t64 tzdata \
  && rm -rf /var/lib/apt/lists/*
COPY --from=functions /usr/share/dotnet /usr/share/dotnet
COPY --from=functions /azure-functions-host /azure-functions-host
COPY --from=functions /FuncExtensionBundles /FuncExtensionBundles
COPY --from=build /root-of-app /home/site/wwwroot
COPY --from=build /source/infra/docker/libraries.sh /usr/local/bin/libraries.sh

# The driver is the machine's; TensorRT is not used.
RUN rm -f /home/site/wwwroot/libonnxruntime_providers_tensorrt.so \
  && sh /usr/local/bin/libraries.sh /home/site/wwwroot libcuda.so.1 liblttng-ust.so.0 \
  && useradd --system --uid 10001 --home-dir /home/app --create-home app \
  && mkdir /home/secrets && chown app:app /home/secrets
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
