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
