using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Tokenline.Portal.Tests;

/// <summary>Whether a page is fit for everybody: axe finds nothing serious, it fits a desktop and a phone, and the browser has nothing to complain about.</summary>
internal static class Fitness
{
    /// <summary>Tabs that look at pages at the same time: while one waits for its page, the other works.</summary>
    private const int Tabs = 2;

    private static readonly string axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>None of the pages has a frame: axe runs in the page itself. Every rule is looked at; only what is wrong is worked out in full.</summary>
    private const string Serious = """
        async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
            .filter(violation => violation.impact === "serious" || violation.impact === "critical")
            .map(violation => `${violation.id} (${violation.help}): ${violation.nodes.slice(0, 3).map(node => node.html).join(", ")}`)
        """;

    /// <summary>The innermost elements that reach beyond the screen.</summary>
    private const string TooWide = """
        () => [...document.querySelectorAll("main *")]
            .filter(element => !element.children.length && element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .slice(0, 5).map(element => element.outerHTML.slice(0, 300)).join("\n")
        """;

    /// <summary>Every address, each in the window's own width and in the other. The short form looks at every second: who looks in two ways sees the others the second time.</summary>
    /// <param name="turn">Which of the two: 0 or 1.</param>
    public static async Task CheckAsync(IBrowserContext window, IEnumerable<string> addresses, int turn)
    {
        var waiting = new ConcurrentQueue<string>(addresses.Where((_, index) => TestLength.IsLong || index % 2 == turn));
        await Task.WhenAll(Enumerable.Range(0, Tabs).Select(_ => WorkAsync()));

        async Task WorkAsync()
        {
            var page = await window.NewPageAsync();
            var errors = ErrorsOf(page);
            while (waiting.TryDequeue(out var address))
            {
                await page.GotoAsync(address);
                await CheckAsync(page);
                var size = page.ViewportSize!;
                await page.SetViewportSizeAsync(size.Width == Chromium.Phone ? Chromium.Desktop : Chromium.Phone, size.Height);
                await CheckAsync(page, withAxe: false);
                await page.SetViewportSizeAsync(size.Width, size.Height);
                Assert.True(errors.Count == 0, $"{address}: {string.Join("; ", errors)}");
            }
            await page.CloseAsync();
        }
    }

    /// <summary>The page as it stands.</summary>
    /// <param name="withAxe">Also what axe says of it, which depends on the language and the colours and costs more.</param>
    public static async Task CheckAsync(IPage page, bool withAxe = true)
    {
        if (withAxe)
        {
            await page.EvaluateAsync(axe);
            var serious = await page.EvaluateAsync<string[]>(Serious);
            Assert.True(serious.Length == 0, $"{page.Url}: {string.Join("; ", serious)}");
        }
        var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (wide > 0)
            Assert.Fail(
                $"{page.Url} is {wide} wider than a screen of {page.ViewportSize!.Width}: {await page.EvaluateAsync<string>(TooWide)}"
            );
    }

    /// <summary>What the console of the browser complains about: broken scripts, and what the policy stopped. A page that is not there says so itself.</summary>
    public static List<string> ErrorsOf(IPage page)
    {
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal))
                errors.Add(message.Text);
        };
        return errors;
    }
}
