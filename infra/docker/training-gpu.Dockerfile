# The training job on a GPU: one program, one message of the queue training-runs. From the repository's root:
#   docker build -f infra/docker/training-gpu.Dockerfile $(infra/docker/pin.sh) -t training-gpu .
ARG SDK_IMAGE
ARG CUDA_IMAGE

FROM ${SDK_IMAGE} AS build
WORKDIR /source
COPY . .
ENV CI=true
RUN dotnet publish src/Training -c Release -r linux-x64 --self-contained -p:Accelerator=Cuda -o /published

# Ubuntu 24.04 below it: libtorch's libstdc++ needs GLIBCXX_3.4.32. The font is for the plots' text. libtorch brings the CUDA that it was built with.
FROM ${CUDA_IMAGE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates fonts-dejavu-core libgomp1 libicu74 libssl3t64 tzdata \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /published /home/training
COPY --from=build /source/infra/docker/libraries.sh /usr/local/bin/libraries.sh

# The driver is the machine's; TensorRT is not used.
RUN rm -f /home/training/libonnxruntime_providers_tensorrt.so \
  && sh /usr/local/bin/libraries.sh /home/training libcuda.so.1 liblttng-ust.so.0 \
  && useradd --system --uid 10001 --home-dir /home/app --create-home app

# Large tensors stay on the heap: without these every batch is mapped and unmapped anew.
ENV MALLOC_MMAP_THRESHOLD_=4294967296 \
  MALLOC_TRIM_THRESHOLD_=68719476736 \
  MALLOC_TOP_PAD_=268435456 \
  HOME=/home/app
USER app
WORKDIR /home/app
ENTRYPOINT ["/home/training/IdcFunctions.Training"]
# Without its GPU this machine costs as much and is slow: it refuses. The template's arguments take the place of these and say so too.
CMD ["job", "--device", "Cuda"]
