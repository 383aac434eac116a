# One static binary on an empty image; /data holds the database, the keys, photos and exports.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /fugong ./cmd/fugong \
 && mkdir /empty

FROM scratch
COPY --from=build /fugong /fugong
COPY --from=build --chown=65532:65532 /empty /data
COPY --from=build --chown=65532:65532 /empty /tmp
USER 65532:65532
ENV FUGONG_DB=/data/fugong.db FUGONG_DATA=/data FUGONG_KEY_FILE=/data/fugong.key FUGONG_LISTEN=0.0.0.0:8080
EXPOSE 8080
VOLUME /data
ENTRYPOINT ["/fugong"]
CMD ["serve"]
