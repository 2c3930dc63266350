using System.Globalization;

namespace Tokenline.Portal.Tests;

/// <summary>How soon a page of a server that runs can be used, in a browser that has never been there: <c>bench/portal.sh</c>.</summary>
public sealed class FirstPageBench
{
    private const int Runs = 7;
    private const int Budget = 2000; // milliseconds

    [Fact(Explicit = true)]
    public async Task Measure()
    {
        if (Environment.GetEnvironmentVariable("BENCH_URL") is not { } url)
            return;
        var browser = await Chromium.GetAsync();
        var (say, lines) = (TestContext.Current.TestOutputHelper!, Environment.GetEnvironmentVariable("BENCH_LINES")!);
        foreach (var (name, address) in new[] { ("shop window", "/"), ("sign-in", "/sign-in"), ("home", "/home") })
        {
            var (times, bytes) = (new List<double>(), 0d);
            for (var run = 0; run < Runs; run++)
            {
                await using var window = await browser.NewContextAsync(new() { BaseURL = url }); // with nothing kept from before
                if (address == "/home")
                    await Chromium.SignInAsync(window, url, Environment.GetEnvironmentVariable("BENCH_SESSION")!);
                var page = await window.NewPageAsync();
                await page.GotoAsync(address);
                // Scripts run after the document is parsed, before this event: from then on all of the page answers.
                var measured = await page.EvaluateAsync<double[]>(
                    """
                    () => {
                        const page = performance.getEntriesByType("navigation")[0];
                        return [page.domContentLoadedEventEnd, performance.getEntriesByType("resource").reduce((sum, one) => sum + one.transferSize, page.transferSize)];
                    }
                    """
                );
                times.Add(measured[0]);
                bytes = measured[1];
            }
            times.Sort();
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{"first visit, until one can use it: " + name, -52} {Runs, 6} {times[Runs / 2], 10:0.0} {times[^1], 8:0.0}   budget {Budget} ms; {bytes / 1024:0} KB"
            );
            say.WriteLine(line);
            await File.AppendAllTextAsync(lines, line + "\n", PortalServer.Cancel);
        }
    }
}
