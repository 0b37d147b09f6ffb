#!/usr/bin/env bash
# Builds the image, starts it as compose.yaml does, and asks it what it should be. Nothing leaves this machine.
#
#   apt-get install --no-install-recommends podman buildah    # or Docker
#   tests/real/image.sh                # from anywhere; IMAGE=dateline:0.1.0 takes one that is built already
#
# ENGINE is `podman` or `docker`, with options of its own if need be; BUILD and RUN are more options for building and
# running. See README.md. Containers and volumes are removed at the end, the image stays.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
ENGINE=${ENGINE:-podman}
BUILD=${BUILD:-}
RUN=${RUN:-}
NAME=dateline-test-$$
VERSION=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$ROOT/pyproject.toml")
FAILED=0

command -v ${ENGINE%% *} >/dev/null || { echo "${ENGINE%% *} is missing; the head of this script says what to install" >&2; exit 2; }
export DISABLE_HC_SYSTEMD=true # podman asks for health by timers of systemd; where none runs we ask ourselves

clean_up() {
    $ENGINE rm --force --volumes "$NAME-airflow" "$NAME-web" >/dev/null 2>&1 || true
    $ENGINE volume rm --force "$NAME" >/dev/null 2>&1 || true
}
trap clean_up EXIT
trap 'exit 130' INT TERM

check() { # check WHAT EXPECTED FOUND
    if [ "$2" = "$3" ]; then
        echo "ok   $1"
    else
        FAILED=1
        printf 'FAIL %s\n  expected %s\n  found    %s\n' "$1" "$2" "$3"
    fi
}

# a container without rights and without a network; its own loopback is all that it has
start() { $ENGINE run --network none --cap-drop ALL --security-opt no-new-privileges $RUN "$@"; }
ask() { $ENGINE exec -i "$@"; }

wait_for() { # wait_for CONTAINER URL: until the image's own check says that it is well
    for _ in $(seq 60); do
        ask "$1" python /opt/dateline/healthcheck.py "$2" 2>/dev/null && { echo well; return; }
        sleep 3
    done
    ask "$1" python /opt/dateline/healthcheck.py "$2" 2>&1 || true
}

if [ -z "${IMAGE:-}" ]; then
    IMAGE=dateline:$VERSION
    echo "building $IMAGE ..."
    # an image of the OCI's own format has no health check
    case ${ENGINE%% *} in *podman) BUILD="--format docker $BUILD" ;; esac
    $ENGINE build $BUILD --tag "$IMAGE" "$ROOT"
fi
look() { $ENGINE image inspect "$IMAGE" --format "$1"; }

echo "the image: $(($(look '{{.Size}}') / 1000000)) MB"
check "user" 50000:0 "$(look '{{.Config.User}}')"
check "entrypoint and command" '[/entrypoint] [dateline airflow]' "$(look '{{.Config.Entrypoint}} {{.Config.Cmd}}')"
HEALTH=$(look '{{index .Config.Healthcheck.Test 3}}')
check "health" http://127.0.0.1:8080/api/v2/monitor/health "$HEALTH"
# every installed package is one of the lock, of its very version
INSTALLED=$(start --rm "$IMAGE" python -c '
import re
from importlib.metadata import distributions
for one in distributions():
    print(re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower() + "==" + one.version)')
OTHERS=$(comm -23 <(sort <<<"$INSTALLED") <(grep -oE '^[a-z0-9.-]+==[^ ]+' "$ROOT/requirements.lock" | sort))
check "packages that are not those of the lock" "dateline==$VERSION" "$(grep -v '^pip==' <<<"$OTHERS" || true)"
check "what each package asks for" "No broken requirements found." "$(start --rm "$IMAGE" pip check)"
check "any user of group 0 writes its home" "ok" \
    "$(start --rm --user 12345:0 "$IMAGE" sh -c 'dateline doctor >/data/said && echo ok')"

echo "one machine ..."
$ENGINE volume create "$NAME" >/dev/null
start --detach --init --name "$NAME-airflow" --volume "$NAME:/data" "$IMAGE" >/dev/null
check "Airflow" well "$(wait_for "$NAME-airflow" "$HEALTH")"
check "its user, rights and new rights" "50000 0000000000000000 1" \
    "$(ask "$NAME-airflow" sh -c 'echo $(id -u) $(sed -nE "s/^(CapBnd|NoNewPrivs):\s*//p" /proc/self/status)')"
check "the program is not its own to change" no \
    "$(ask "$NAME-airflow" sh -c 'test -w /opt/dateline -o -w /entrypoint && echo yes || echo no')"
check "DAGs" "backfill_news check_warehouse copy_warehouse daily_events poll_news send_alerts" \
    "$(ask "$NAME-airflow" sh -c 'dateline airflow dags list --output plain 2>/dev/null | sed 1d | cut -d" " -f1 | xargs')"
check "DAGs that cannot be read" "No data found" \
    "$(ask "$NAME-airflow" sh -c 'dateline airflow dags list-import-errors 2>/dev/null')"
# the sample newsroom, through Airflow, in the volume
check "the demo" ok "$(ask "$NAME-airflow" sh -c 'dateline demo --into /data/demo >/data/said && echo ok')"
$ENGINE stop --time 60 "$NAME-airflow" >/dev/null
check "Airflow ends well" 0 "$($ENGINE inspect "$NAME-airflow" --format '{{.State.ExitCode}}')"

start --detach --init --name "$NAME-web" --read-only --volume "$NAME:/data:ro" --env DATELINE_HOME=/data/demo \
    "$IMAGE" dateline web --host 0.0.0.0 --allow-host web >/dev/null
check "the site, that can write nothing" well "$(wait_for "$NAME-web" http://127.0.0.1:8321/healthz)"
check "answers to its name, and to no other" "200 200 200 421" "$(ask "$NAME-web" python - <<'PYTHON'
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def ask(path, host):
    try:
        return urlopen(Request(f"http://127.0.0.1:8321/{path}", headers={"Host": host})).status
    except HTTPError as error:
        return error.code


print(ask("", "web"), ask("metrics", "web"), ask("api/events", "127.0.0.1"), ask("", "elsewhere.example"))
PYTHON
)"
exit $FAILED
