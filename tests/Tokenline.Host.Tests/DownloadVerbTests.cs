using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Host.Tests;

/// <summary>Verbs that write an answer into a file: whoever watches sees how much of it has come, and a script sees nothing.</summary>
public sealed class DownloadVerbTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Theory]
    [InlineData("ledger", "ledger", "export")]
    [InlineData("focus", "bill", "focus", "--period", "2026-11")]
    public async Task How_much_has_come_is_shown_on_a_screen_and_neither_to_a_script_nor_in_the_file(string title, params string[] words)
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-download-");
        try
        {
            var (watched, alone) = (Path.Combine(folder.FullName, "watched.csv"), Path.Combine(folder.FullName, "alone.csv"));
            var seen = await TypeAsync([.. words, "--file", watched], isWatched: true);
            var unseen = await TypeAsync([.. words, "--file", alone], isWatched: false);

            Assert.True(seen.Exit == 0, seen.Error);
            Assert.Empty(seen.Output);
            Assert.Contains(title, seen.Error, StringComparison.Ordinal);
            Assert.Contains("MB", seen.Error, StringComparison.Ordinal);
            Assert.Equal((0, "", ""), unseen);
            var text = await File.ReadAllTextAsync(watched, RunningServer.Cancel);
            Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
            Assert.Equal(await File.ReadAllTextAsync(alone, RunningServer.Cancel), text);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_refusal_is_said_and_no_file_is_begun()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.csv");
        var (exit, output, error) = await TypeAsync(["bill", "focus", "--period", "11", "--file", file], isWatched: false);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("[period] (invalid_request_error)", error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_link_is_written_through_and_stays_for_it_may_lead_to_a_device()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-download-");
        var (target, link) = (Path.Combine(folder.FullName, "target.csv"), Path.Combine(folder.FullName, "link.csv"));
        await File.WriteAllTextAsync(target, "of yesterday", RunningServer.Cancel);
        File.CreateSymbolicLink(link, target);

        Assert.Equal((0, "", ""), await TypeAsync(["ledger", "export", "--file", link], isWatched: false));

        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.DoesNotContain("of yesterday", await File.ReadAllTextAsync(target, RunningServer.Cancel), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_breaks_off_leaves_no_half_of_it_and_what_was_there_before()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var cut = builder.Build();
        cut.Run(async context =>
        {
            context.Response.ContentLength = 1_000_000;
            await context.Response.WriteAsync("the first of it");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await cut.StartAsync(RunningServer.Cancel);
        var folder = Directory.CreateTempSubdirectory("tokenline-download-");
        var file = Path.Combine(folder.FullName, "ledger.csv");
        await File.WriteAllTextAsync(file, "of yesterday", RunningServer.Cancel);

        var (exit, output, error) = await TypeAsync(["ledger", "export", "--file", file], isWatched: false, cut.Urls.Single());

        Assert.Equal((1, ""), (exit, output));
        Assert.NotEmpty(error);
        Assert.Equal("of yesterday", await File.ReadAllTextAsync(file, RunningServer.Cancel));
        Assert.Equal([file], Directory.GetFiles(folder.FullName));
        folder.Delete(recursive: true);
    }

    private Task<(int Exit, string Output, string Error)> TypeAsync(string[] words, bool isWatched, string? url = null) =>
        CommandLineTyping.TypeAsync(words, url ?? server.Url, server.Server.AdminKey, isWatched);
}
