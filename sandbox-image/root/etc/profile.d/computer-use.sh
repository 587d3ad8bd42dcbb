# Also read by /etc/skel/.bashrc, so that any shell finds what pip, npm, uv and cargo installed into the home.
case ":$PATH:" in
  *":$HOME/.local/bin:"*) ;;
  *) PATH="$HOME/.local/bin:$HOME/.npm-global/bin:$HOME/.cargo/bin:$PATH" ;;
esac
export PATH LANG="${LANG:-C.UTF-8}"

# A shell started with an empty environment still finds the way out.
export http_proxy="${http_proxy-http://127.0.0.1:3128}" https_proxy="${https_proxy-http://127.0.0.1:3128}"
export HTTP_PROXY="${HTTP_PROXY-$http_proxy}" HTTPS_PROXY="${HTTPS_PROXY-$https_proxy}"
export no_proxy="${no_proxy-localhost,127.0.0.1,::1}" NO_PROXY="${NO_PROXY-localhost,127.0.0.1,::1}"
export NODE_USE_ENV_PROXY="${NODE_USE_ENV_PROXY-1}"

# Programs that bring their own list of authorities use the image's instead.
export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS-/etc/ssl/certs/ca-certificates.crt}"
export REQUESTS_CA_BUNDLE="${REQUESTS_CA_BUNDLE-/etc/ssl/certs/ca-certificates.crt}"
