using System.Diagnostics;
using System.Text.Json;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Portal.Tests;

/// <summary>The verbs that check and try a draft, run as a person runs them, against the server of these tests.</summary>
[Collection(OnePortal.Name)]
public sealed class WhatIfVerbTests(PortalServer server)
{
    [Fact]
    public async Task A_draft_is_checked_and_tried_from_the_command_line_and_its_report_is_kept()
    {
        var sheet = OfferingSheet.Of((await server.Get<ICatalogStore>().FindOfferingAsync("plan-light", PortalServer.Cancel))!);
        (await server.Get<Offerings>().PutDraftAsync("plan-verb", sheet with { Price = 0.01m }, PortalServer.Cancel)).Required();
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-2), TimeProvider.System.GetUtcNow());

        var (checks, tried, refused) = (
            RunAsync("offering", "check", "plan-verb", "--json"),
            RunAsync(
                "what-if",
                "try",
                "--draft",
                "plan-verb",
                "--instead-of",
                "plan-light",
                "--from",
                $"{from:O}",
                "--to",
                $"{to:O}",
                "--json"
            ),
            RunAsync("what-if", "try", "--draft", "plan-none", "--from", $"{from:O}", "--to", $"{to:O}")
        );
        var check = await checks;
        Assert.True(check.Exit == 0, check.Error);
        Assert.Contains(Items(check.Output), item => item.GetProperty("weight").GetString() == "warning");
        var run = await tried;
        Assert.True(run.Exit == 0, run.Error);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("done", report.GetProperty("state").GetString());
        Assert.True(report.GetProperty("report").GetProperty("subscribers").GetInt64() > 0);
        var no = await refused;
        Assert.Equal((1, ""), (no.Exit, no.Output));
        Assert.Contains("There is no offering 'plan-none'", Assert.Single(no.Error.Trim().Split('\n')), StringComparison.Ordinal);

        var id = report.GetProperty("id").GetString()!;
        var (listing, showing, cancelling, settings) = (
            RunAsync("what-if", "list", "--json"),
            RunAsync("what-if", "show", id, "--json"),
            RunAsync("what-if", "cancel", id, "--json"),
            RunAsync("setting", "list", "--json")
        );
        Assert.Contains(Items((await settings).Output), item => item.GetProperty("name").GetString() == "Commerce:UsdRate");
        Assert.Contains(Items((await listing).Output), item => item.GetProperty("id").GetString() == id);
        Assert.Equal(report.GetProperty("report").ToString(), Parsed((await showing).Output).GetProperty("report").ToString());
        Assert.Equal("done", Parsed((await cancelling).Output).GetProperty("state").GetString()); // what has ended stays as it is
    }

    private static JsonElement Parsed(string output) => JsonDocument.Parse(output).RootElement;

    private static JsonElement[] Items(string output) => [.. Parsed(output).GetProperty("items").EnumerateArray()];

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] words)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tokenline.dll"), .. words])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["TOKENLINE_URL"] = server.Url,
                    ["TOKENLINE_ADMIN_KEY"] = server.Server.AdminKey,
                    ["DOTNET_TieredPGO"] = "0",
                },
            }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(PortalServer.Cancel);
        return (process.ExitCode, await output, await error);
    }
}
