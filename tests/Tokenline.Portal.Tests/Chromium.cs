using System.Diagnostics;
using Microsoft.Playwright;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>The system's Chromium, installed where that is allowed, started once for all tests. Without one they are skipped, and say so.</summary>
internal static class Chromium
{
    public const int Desktop = 1280;
    public const int Phone = 390;

    /// <summary>How long anything on a page may take: much, because a machine may be busy with other things. Nothing waits so long that is there before.</summary>
    public const int MostMilliseconds = 30_000;

    private static readonly Lazy<Task<(IBrowser? Browser, string? WhyNot)>> started = new(StartAsync);

    public static async Task<IBrowser> GetAsync()
    {
        var (browser, whyNot) = await started.Value;
        Assert.SkipWhen(browser is null, $"There is no browser: {whyNot}");
        return browser!;
    }

    /// <summary>A window that keeps what it is told apart from the others.</summary>
    /// <param name="secret">Of the session that is signed in there; null: nobody is.</param>
    public static async Task<IBrowserContext> WindowAsync(
        PortalServer server,
        string? secret,
        string language = "en",
        int width = Desktop,
        ColorScheme scheme = ColorScheme.Light
    )
    {
        var browser = await GetAsync();
        var window = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 850 },
                Locale = language,
                ColorScheme = scheme,
                BaseURL = server.Url,
            }
        );
        window.SetDefaultTimeout(MostMilliseconds);
        window.SetDefaultNavigationTimeout(MostMilliseconds);
        if (secret is not null)
            await SignInAsync(window, server.Url, secret);
        return window;
    }

    public static Task SignInAsync(IBrowserContext window, string url, string secret) =>
        window.AddCookiesAsync([
            new Cookie
            {
                Name = SessionCookie.Name,
                Value = secret,
                Url = url,
            },
        ]);

    private static async Task<(IBrowser?, string?)> StartAsync()
    {
        using var process = Process.Start(
            new ProcessStartInfo("bash", [Path.Combine(Root(), "tests/browser.sh")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var path = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            return (null, await error);
        var playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(MostMilliseconds);
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] }
        );
        return (browser, null);
    }

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the solution's root is above the tests");
        return folder.FullName;
    }
}
