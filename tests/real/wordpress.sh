#!/usr/bin/env bash
# Runs the source `wordpress` against a real WordPress, with a database of its own, all on loopback.
#
#   apt-get install --no-install-recommends wordpress mariadb-server php-cli php-mysql
#   tests/real/wordpress.sh            # from anywhere; PYTHON=... for another interpreter
#
# Nothing outlives it: files lie in a temporary folder, and the two servers end with the script. See README.md.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
PYTHON=${PYTHON:-$ROOT/.venv/bin/python}
WORDPRESS=${WORDPRESS:-/usr/share/wordpress}

for needed in php mariadbd mariadb mariadb-install-db; do
    command -v "$needed" >/dev/null || { echo "$needed is missing; the head of this script says what to install" >&2; exit 2; }
done
[ -f "$WORDPRESS/wp-load.php" ] || { echo "there is no WordPress at $WORDPRESS" >&2; exit 2; }

HOME_DIR=$(mktemp -d)
STARTED=()
clean_up() {
    for pid in "${STARTED[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${STARTED[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$HOME_DIR"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

PORT=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
SITE=http://127.0.0.1:$PORT
export HOME_DIR SITE PORT

echo "database ..."
mkdir -p "$HOME_DIR/db" "$HOME_DIR/site"
mariadb-install-db --no-defaults --user="$(id -un)" --auth-root-authentication-method=normal --skip-test-db \
    --datadir="$HOME_DIR/db" >"$HOME_DIR/install.log" 2>&1
mariadbd --no-defaults --user="$(id -un)" --skip-networking --datadir="$HOME_DIR/db" \
    --socket="$HOME_DIR/db.sock" --pid-file="$HOME_DIR/db.pid" >"$HOME_DIR/db.log" 2>&1 &
STARTED+=($!)
for _ in $(seq 120); do
    mariadb --no-defaults --socket="$HOME_DIR/db.sock" -uroot -e 'CREATE DATABASE IF NOT EXISTS wp' 2>/dev/null && break
    sleep 0.5
done

echo "WordPress ..."
# a copy, as links would lead PHP back to the package's own folder and configuration
cp -rL "$WORDPRESS/." "$HOME_DIR/site/"
rm -f "$HOME_DIR/site/wp-config.php" "$HOME_DIR/site/.htaccess"
THEME=$HOME_DIR/site/wp-content/themes/plain
mkdir -p "$THEME" "$HOME_DIR/site/wp-content/mu-plugins"
printf '/* Theme Name: Plain */' >"$THEME/style.css"
cat >"$THEME/index.php" <<'PHP'
<!doctype html><html><head><?php wp_head(); ?></head><body>
<?php while (have_posts()) { the_post(); the_title('<h1>', '</h1>'); the_content(); } wp_footer(); ?>
</body></html>
PHP
cat >"$HOME_DIR/site/wp-content/mu-plugins/switches.php" <<'PHP'
<?php
$folder = getenv('HOME_DIR');
if (file_exists("$folder/closed")) {
    add_filter('rest_authentication_errors', fn() => new WP_Error('rest_disabled', 'closed', ['status' => 401]));
}
if (file_exists("$folder/undated")) {
    add_action('template_redirect', function () { if (is_date()) { wp_redirect(home_url('/'), 301); exit; } });
}
if (file_exists("$folder/plain")) {
    add_filter('pre_option_permalink_structure', fn() => '');
}
PHP
cat >"$HOME_DIR/site/wp-config.php" <<'PHP'
<?php
define('DB_NAME', 'wp'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('HOME_DIR') . '/db.sock');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', getenv('SITE')); define('WP_SITEURL', getenv('SITE'));
define('WP_DEFAULT_THEME', 'plain'); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_DEBUG', false);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
PHP
cat >"$HOME_DIR/fill.php" <<'PHP'
<?php
define('WP_INSTALLING', true);
$_SERVER += ['HTTP_HOST' => '127.0.0.1', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
require getenv('HOME_DIR') . '/site/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Hill Gazette', 'editor', 'editor@gazette.example', 1, '', 'not-a-secret');
switch_theme('plain');
update_option('timezone_string', 'Europe/Berlin');
update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
foreach (get_posts(['numberposts' => -1, 'post_type' => 'any']) as $post) { wp_delete_post($post->ID, true); }
$world = wp_insert_term('World', 'category', ['slug' => 'world'])['term_id'];
$south = wp_insert_term('South', 'category', ['slug' => 'south', 'parent' => $world])['term_id'];
$add = fn($title, $date, $category) => wp_insert_post([
    'post_title' => $title, 'post_content' => "<p>Text of $title.</p>", 'post_status' => 'publish',
    'post_author' => 1, 'post_date' => $date, 'post_category' => [$category],
]);
// three a day from 1 January 2024 on, at 0, 8 and 16 o'clock in Berlin
for ($number = 0; $number < 360; $number++) {
    $date = gmdate('Y-m-d H:i:s', strtotime('2024-01-01 00:00:00') + $number * 8 * 3600);
    $add("Report $number", $date, [$world, $south, 1, 1, 1][$number % 5]);
}
// and many at one second, in the hour that the change to summer time leaves out
for ($number = 0; $number < 150; $number++) { $add("Bulk $number", '2024-03-31 02:30:00', 1); }
flush_rewrite_rules();
PHP
cat >"$HOME_DIR/router.php" <<'PHP'
<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file(__DIR__ . '/site' . $path)) { return false; }
$_SERVER['SCRIPT_NAME'] = '/index.php';
chdir(__DIR__ . '/site');
require __DIR__ . '/site/index.php';
PHP
php -d sendmail_path=/bin/true "$HOME_DIR/fill.php"
php -S "127.0.0.1:$PORT" -t "$HOME_DIR/site" "$HOME_DIR/router.php" >"$HOME_DIR/php.log" 2>&1 &
STARTED+=($!)
for _ in $(seq 60); do
    "$PYTHON" -c "import urllib.request; urllib.request.urlopen('$SITE/feed/', timeout=20)" 2>/dev/null && break
    sleep 0.5
done

echo "the source ..."
cd "$ROOT"
"$PYTHON" - <<'PYTHON'
import asyncio
import os
import tempfile
from datetime import date
from pathlib import Path

from ingest.history.protocol import HistoryAccess, HistoryRequest
from ingest.history.wordpress import WordPressSource
from ingest.http.client import HttpFetcher
from ingest.http.exchange import Exchange
from transforms.feeds.parse_feed import parse_feed
from transforms.history.records import Candidate, WindowEnd
from transforms.identity import make_id
from transforms.records import Feed
from transforms.settings import HttpSettings

SITE, HOME_DIR = os.environ["SITE"], Path(os.environ["HOME_DIR"])
LIMITS = HttpSettings(contact="https://example.org/about", host_spacing_s=0.0, allow_private_addresses=True)
JANUARY_TO_APRIL = 359 + 150  # "Report 0" is of 2023 in UTC


def read(path, first, last):
    """The windows' ways, how many articles are of these days, how many are told, the state, the requests."""
    asked = []

    class Fetcher(HttpFetcher):
        async def fetch(self, request):
            asked.append(request.url)
            return await super().fetch(request)

    async def parse(exchange):
        return parse_feed(exchange.body, exchange.fetch.content_type, exchange.fetch.url)

    async def run():
        with tempfile.TemporaryDirectory() as folder:
            access = HistoryAccess(
                "run", lambda: Fetcher(LIMITS, Path(folder) / "hosts", None, "0"), LIMITS, parse=parse
            )
            feed = Feed(make_id("fd1", path), SITE + path)
            wanted = HistoryRequest("", (feed,), date.fromisoformat(first), date.fromisoformat(last))
            source, found = WordPressSource(), []
            windows = [window async for window in source.plan(wanted, access)]
            for window in windows:
                found += [item async for item in source.discover(window, "", wanted, access)]
            return wanted, windows, found

    wanted, windows, found = asyncio.run(run())
    urls = {item.url for item in found if isinstance(item, Candidate)}
    for item in found:
        if isinstance(item, Exchange) and item.fetch.kind == "feed" and item.fetch.outcome == "ok":
            entries = parse_feed(item.body, item.fetch.content_type, item.fetch.url).entries
            days = (wanted.first_day, wanted.last_day)
            urls |= {entry.url for entry in entries if days[0] <= entry.published_at.date() <= days[1]}
    ends = [item for item in found if isinstance(item, WindowEnd)]
    told = sum(end.expected or 0 for end in ends)
    ways = sorted({window.items[0].name for window in windows})
    return ways, len(urls), told, sorted({end.state for end in ends}), len(asked)


def check(what, found, ways, count, told):
    fits = found[:4] == (ways, count, told, ["complete"] if ways else [])
    print("ok  " if fits else "FAIL", what, found, flush=True)
    return fits


results = [
    check("all by the API", read("/feed/", "2024-01-01", "2024-04-30"), ["api"], 509, JANUARY_TO_APRIL),
    check("one day", read("/feed/", "2024-02-01", "2024-02-01"), ["api"], 3, 3),
    check("the day of many", read("/feed/", "2024-03-31", "2024-03-31"), ["api"], 153, 153),
    check("a category with its child", read("/category/world/feed/", "2024-01-01", "2024-04-30"), ["api"], 143, 143),
    check("an author", read("/author/editor/feed/", "2024-02-01", "2024-02-29"), ["api"], 87, 87),
    check("nothing in these days", read("/feed/", "2019-02-01", "2019-02-28"), ["api"], 0, 0),
    check("a search, by its feeds", read("/search/report/feed/", "2024-02-01", "2024-02-29"), ["query"], 87, 0),
    check("comments", read("/comments/feed/", "2024-02-01", "2024-02-29"), [], 0, 0),
]
(HOME_DIR / "closed").touch()
results += [
    check("closed, by months", read("/feed/", "2024-01-20", "2024-03-02"), ["path"], 129, 0),
    check("closed, a category", read("/category/world/feed/", "2024-02-01", "2024-02-29"), ["query"], 35, 0),
]
(HOME_DIR / "undated").touch()
results.append(check("closed, no months", read("/feed/", "2024-04-01", "2024-04-05"), ["page"], 15, 0))
for switch in ("closed", "undated"):
    (HOME_DIR / switch).unlink()
(HOME_DIR / "plain").touch()
results.append(check("plain permalinks", read("/?feed=rss2", "2024-02-01", "2024-02-29"), ["api"], 87, 87))
raise SystemExit(0 if all(results) else 1)
PYTHON
