using System.Text.Json;
using Tokenline.Host.Verbs;

namespace Tokenline.Host.Tests;

public sealed class ReconcileVerbTests
{
    [Fact]
    public void A_comparison_is_told_line_by_line_with_what_helps_and_one_line_for_all() =>
        Assert.Equal(
            [
                "line 5: payment ord_1: amountDiffers, ours 9.9 CNY, theirs 10.9 CNY",
                "line 6: refund refund-7: missingHere, ours none, theirs 2.5 CNY (it has no correlator)",
                "payment ord_2: missingAtCarrier, ours 9.9 CNY, theirs none",
                "and 2 more",
                "NOT CLEAN: 2026-09-01, 9 lines, 4 matched, 5 differences",
            ],
            ReconcileVerb.Tell(
                JsonSerializer.Deserialize<JsonElement>(
                    """
                    {
                      "clean": false, "date": "2026-09-01", "lines": 9, "matched": 4, "differences": 5,
                      "findings": [
                        {"difference":"amountDiffers","kind":"payment","line":5,"correlator":"ord_1","reference":"pay-1","ours":{"amount":"9.9","currency":"CNY"},"theirs":{"amount":"10.9","currency":"CNY"}},
                        {"difference":"missingHere","kind":"refund","line":6,"reference":"refund-7","theirs":{"amount":"2.5","currency":"CNY"},"note":"it has no correlator"},
                        {"difference":"missingAtCarrier","kind":"payment","correlator":"ord_2","reference":"pay-2","ours":{"amount":"9.9","currency":"CNY"}}
                      ]
                    }
                    """
                )
            )
        );

    [Fact]
    public void What_is_behind_a_vendors_difference_says_how_the_rest_of_it_is_listed()
    {
        var lines = ReconcileVerb
            .TellVendor(
                JsonSerializer.Deserialize<JsonElement>(
                    """
                    {
                      "clean": false, "vendor": "zhipu", "period": "2026-11", "lines": 1, "matched": 0, "differences": 2,
                      "findings": [
                        {"difference":"quantityDiffers","line":2,"day":"2026-11-05","model":"glm-5","meter":"input","ours":1,"theirs":2,"calls":40,"attempts":0,
                         "behind":[{"charge":"chg_1","at":"2026-11-05T00:00:00Z","deployment":"glm-5@zhipu"}],
                         "more":"/api/v1/reconciliations/vendor/calls?vendor=zhipu&day=2026-11-05&model=glm-5&after=chg_1"},
                        {"difference":"missingAtVendor","day":"2026-11-06","model":"glm-5","meter":"input","ours":1,"theirs":0,"calls":4,"attempts":0,
                         "more":"/api/v1/reconciliations/vendor/calls?vendor=zhipu&day=2026-11-06&model=glm-5"}
                      ]
                    }
                    """
                )
            )
            .ToList();
        Assert.Equal("  and more: tokenline reconcile calls --vendor zhipu --day 2026-11-05 --model glm-5 --cursor chg_1", lines[2]);
        Assert.Equal("  and more: tokenline reconcile calls --vendor zhipu --day 2026-11-06 --model glm-5", lines[4]);
        Assert.StartsWith("NOT CLEAN: zhipu 2026-11", lines[5], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vendor", 64, "--vendor", "zhipu", "--period", "2026-11")]
    [InlineData("carrier", 256, "--date", "2026-09-01")]
    public async Task A_file_that_is_too_large_is_refused_before_anything_is_sent(string whose, int mebibytes, params string[] more)
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = ((long)mebibytes << 20) + 1;
            await using (var file = File.OpenWrite(path))
                file.SetLength(bytes); // a hole
            using var output = new StringWriter();
            using var error = new StringWriter();
            Terminal.Use(new(output, error, name => name == "TOKENLINE_URL" ? "http://127.0.0.1:9" : null)); // nobody answers there

            var exit = await CommandLine.RunAsync(["reconcile", whose, "--file", path, .. more]);

            Assert.Equal((1, ""), (exit, output.ToString()));
            Assert.Equal(
                $"tokenline: {path} has {bytes:N0} bytes, and a file has {mebibytes} MiB at the most.",
                error.ToString().TrimEnd()
            );
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Where_nothing_differs_there_is_one_line() =>
        Assert.Equal(
            ["clean: 2026-09-01, 2 lines, 2 matched, 0 differences"],
            ReconcileVerb.Tell(
                JsonSerializer.Deserialize<JsonElement>(
                    """{"clean":true,"date":"2026-09-01","lines":2,"matched":2,"differences":0,"findings":[]}"""
                )
            )
        );
}
