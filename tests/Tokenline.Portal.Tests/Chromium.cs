using System.Diagnostics;
using Microsoft.Playwright;

namespace Tokenline.Portal.Tests;

/// <summary>The system's Chromium, installed where that is allowed, started once for all tests. Without one they are skipped, and say so.</summary>
internal static class Chromium
{
    private static readonly Lazy<Task<(IBrowser? Browser, string? WhyNot)>> started = new(StartAsync);

    public static async Task<IBrowser> GetAsync()
    {
        var (browser, whyNot) = await started.Value;
        Assert.SkipWhen(browser is null, $"There is no browser: {whyNot}");
        return browser!;
    }

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
