# SPDX-License-Identifier: Apache-2.0
# The server. It starts sandboxes through the engine's socket, which is mounted into it: see docker-compose.yml.
ARG BASE_IMAGE=debian:trixie
FROM ${BASE_IMAGE} AS build
RUN (apt-get -q update || apt-get -q -o Acquire::Check-Valid-Until=false update) \
    && apt-get -q install -y --no-install-recommends g++-14 cmake ninja-build libboost-dev nlohmann-json3-dev \
       libspdlog-dev libfmt-dev libcli11-dev libsqlite3-dev libssl-dev libseccomp-dev \
       prometheus-cpp-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY include include
COPY src src
COPY docs/openapi.json docs/openapi.json
RUN cmake --preset gcc14 -DCUS_TESTS=OFF && cmake --build --preset gcc14 \
    && strip build/gcc14/bin/computer-use-server build/gcc14/bin/computer-use-guest

FROM ${BASE_IMAGE}
RUN (apt-get -q update || apt-get -q -o Acquire::Check-Valid-Until=false update) \
    && apt-get -q install -y --no-install-recommends ca-certificates libfmt10 libspdlog1.15 libsqlite3-0 libssl3t64 libseccomp2 \
       libprometheus-cpp-core1.0 libstdc++6 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/build/gcc14/bin/computer-use-server /usr/local/bin/
COPY --from=build /source/build/gcc14/bin/computer-use-guest /usr/local/lib/computer-use/
# Inside a container only the engine outside can make sandboxes.
ENV LISTEN_ADDRESS=0.0.0.0 ENGINE=docker
EXPOSE 8081
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 CMD ["computer-use-server", "healthcheck"]
ENTRYPOINT ["computer-use-server", "serve"]
