using System.Text.Json;

namespace Tokenline.Host.Tests;

/// <summary>Verbs that do what is done on the consoles of operator and vendors too: as they are typed, and with the reason that the audit log keeps.</summary>
[Collection(nameof(SellingServer))]
public sealed class ConsoleVerbTests(RunningServer server)
{
    private readonly HashSet<string> run = [];

    [Fact]
    public async Task A_setting_is_set_and_taken_back_for_a_reason()
    {
        const string name = "Billing:PaymentDays";
        var (exit, _, error) = await TypeAsync("setting", "set", name, "20");
        Assert.Equal(1, exit);
        Assert.Contains("--reason", error, StringComparison.Ordinal);
        await RefusedAsync("[reason] (invalid_request_error)", "setting", "set", name, "20", "--reason", "x");

        var was = Value(await ItemsAsync("setting", "list"), name);
        Assert.Equal("20", Value(await ItemsAsync("setting", "set", name, "20", "--reason", "a longer time to pay"), name));
        Assert.Equal(was, Value(await ItemsAsync("setting", "reset", name, "--reason", "as it was before"), name));

        var log = await ItemsAsync("audit-log", "list", "--action", "setting.change");
        Assert.Equal(["as it was before", "a longer time to pay"], log.Select(entry => Text(entry, "why")));
        AllAreRun("setting");
    }

    [Fact]
    public async Task A_model_is_proposed_approved_rejected_and_taken_back()
    {
        const string model = "deepseek-verb";
        using var sheet = new TemporaryFile("""{"currency":"CNY","tiers":[{"price":{"input":"2","output":"8"}}]}""");
        string[] make =
        [
            "model-proposal",
            "make",
            "--vendor",
            "deepseek",
            "--model",
            model,
            "--context-tokens",
            "32000",
            "--output-tokens-max",
            "4000",
            "--reason",
            "our newest",
        ];
        await RefusedAsync("[price] (invalid_request_error)", make);
        Assert.Equal("proposed", Text(await DoAsync([.. make, "--file", sheet.Path]), "state"));
        Assert.Equal(model, Text(Assert.Single(await ItemsAsync("model-proposal", "list", "--state", "proposed")), "model"));
        Assert.Equal("our newest", Text(await DoAsync("model-proposal", "show", "deepseek", model), "reason"));
        Assert.Equal("approved", Text(await DoAsync("model-proposal", "approve", "deepseek", model, "--reason", "fits"), "state"));
        var served = (await DoAsync("model", "show", model)).GetProperty("deployments");
        Assert.Equal("deepseek", Text(Assert.Single(served.EnumerateArray()), "vendor"));
        await RefusedAsync("(wrong_state)", "model-proposal", "reject", "deepseek", model, "--reason", "too late");

        // One that is for sale already needs no sheet.
        string[] beside = ["model-proposal", "make", "--vendor", "moonshot", "--model", RunningServer.Model, "--reason", "we host it too"];
        foreach (var (verb, state) in new[] { ("reject", "rejected"), ("withdraw", "withdrawn") })
        {
            await DoAsync(beside);
            var ended = await DoAsync("model-proposal", verb, "moonshot", RunningServer.Model, "--reason", $"to {verb}");
            Assert.Equal(state, Text(ended, "state"));
        }
        var log = await ItemsAsync("audit-log", "list", "--vendor", "moonshot");
        Assert.Equal(
            ["model.withdraw: to withdraw", "model.propose: we host it too", "model.refuse: to reject", "model.propose: we host it too"],
            log.Where(entry => Text(entry, "stage") == "begun").Select(entry => $"{Text(entry, "action")}: {Text(entry, "why")}")
        );
        AllAreRun("model-proposal");
    }

    /// <summary>A verb that is added is run here too.</summary>
    private void AllAreRun(string group)
    {
        var verbs = CommandLine.Verbs.Subcommands.Single(command => command.Name == group).Subcommands;
        Assert.Equal([], verbs.Select(verb => $"{group} {verb.Name}").Except(run));
    }

    private static string Value(IEnumerable<JsonElement> settings, string name) =>
        Text(settings.Single(setting => Text(setting, "name") == name), "value");

    private static string Text(JsonElement of, string field) => of.GetProperty(field).ToString();

    private async Task<List<JsonElement>> ItemsAsync(params string[] words) =>
        [.. (await DoAsync(words)).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> DoAsync(params string[] words)
    {
        var (exit, output, error) = await TypeAsync([.. words, "--json"]);
        Assert.True(exit == 0, $"{string.Join(' ', words)}: {error}");
        run.Add($"{words[0]} {words[1]}");
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    private async Task RefusedAsync(string says, params string[] words)
    {
        var (exit, output, error) = await TypeAsync(words);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    private Task<(int Exit, string Output, string Error)> TypeAsync(params string[] words) =>
        CommandLineTyping.TypeAsync(words, server.Url, server.Server.AdminKey);

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
