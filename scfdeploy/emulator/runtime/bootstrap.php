<?php
// Runs in the process of an instance: loads a PHP handler, and calls it once for each line of its command pipe.
//
// Started as `php bootstrap.php COMMAND_FD REPORT_FD`. The first line has the settings; the answer is the line `ready`
// once the code is loaded, or an error as a JSON object. Each further line is a call, and its answer a JSON object. If
// the process ends without an answer, the code ended it.

namespace Scfdeploy;

const FLAGS = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION;

function write_line($pipe, string $text): void
{
    for ($rest = "$text\n"; $rest !== ''; $rest = substr($rest, fwrite($pipe, $rest))) {
    }
    fflush($pipe);
}

function peak_memory(): int
{
    $status = @file_get_contents('/proc/self/status');
    return $status && preg_match('/VmHWM:\s+(\d+)/', $status, $match) ? $match[1] * 1024 : memory_get_peak_usage(true);
}

function answer($pipe, array $content): void
{
    while (ob_get_level() > 0) {
        ob_end_flush();
    }
    flush();
    write_line($pipe, json_encode($content + ['memory_bytes' => peak_memory()], FLAGS | JSON_INVALID_UTF8_SUBSTITUTE));
}

function error_of(int $status, \Throwable $error): array
{
    // Leave out the frames of this file, whose first one is the call of the handler.
    $lines = array_filter(explode("\n", (string) $error), fn ($line) => strpos($line, __FILE__) === false);
    $trace = preg_replace('/\n#\d+ (\[internal function\]: main_handler|\{main\}).*/', '', implode("\n", $lines));
    fwrite(STDERR, "$trace\n");
    $message = ['errorType' => get_class($error), 'errorMessage' => $error->getMessage(), 'stackTrace' => $trace];
    return ['status' => $status, 'error' => $message];
}

function load(array $setup): ?array
{
    [$file, $name] = array_pad(explode('.', $setup['handler'], 2), 2, '');
    $path = "{$setup['root']}/$file.php";
    if (!is_file($path)) {
        return ['status' => 437, 'error' => ['errorMessage' => "the bundle has no file $file.php"]];
    }
    set_include_path(implode(PATH_SEPARATOR, array_filter([$setup['root'], $setup['opt']])));
    try {
        (static function () use ($path) {
            require $path;
        })();
    } catch (\Throwable $error) {
        return error_of(443, $error);
    }
    if (!function_exists($name)) {
        return ['status' => 437, 'error' => ['errorMessage' => "$file.php has no function $name"]];
    }
    return null;
}

function call(string $handler, \stdClass $call): array
{
    foreach ((array) $call->variables as $name => $value) {
        putenv($value === null ? $name : "$name=$value");
    }
    try {
        $returned = json_encode($handler($call->event, $call->context), FLAGS | JSON_THROW_ON_ERROR);
    } catch (\Throwable $error) {
        return error_of(430, $error);
    }
    return ['status' => 200, 'returned' => $returned];
}

function main(string $commands, string $reports): void
{
    $commands = fopen("php://fd/$commands", 'r');
    $reports = fopen("php://fd/$reports", 'w');
    $setup = json_decode(fgets($commands), true);
    foreach ($setup['hidden'] as $name) {
        putenv($name);
    }
    $failure = load($setup);
    if ($failure !== null) {
        answer($reports, $failure);
        return;
    }
    write_line($reports, 'ready');
    $handler = explode('.', $setup['handler'], 2)[1];
    while (($line = fgets($commands)) !== false) {
        $call = json_decode($line);
        @file_put_contents('/proc/self/clear_refs', '5');
        $start = microtime(true);
        $report = call($handler, $call);
        answer($reports, $report + ['duration_ms' => (microtime(true) - $start) * 1000]);
    }
}

$scfdeploy_arguments = array_slice($argv, 1);
$argv = $_SERVER['argv'] = [''];
main(...$scfdeploy_arguments);
