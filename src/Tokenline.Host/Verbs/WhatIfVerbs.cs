using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs that try a draft on a past period.</summary>
internal static class WhatIfVerbs
{
    private static readonly string[] columns = ["id", "state", "name", "from", "to", "looked", "of", "askedAt"];
    private static readonly TimeSpan beat = TimeSpan.FromMilliseconds(300);

    public static Command Command()
    {
        var id = Id("id", "wif_….");
        return Group(
            "what-if",
            "Make a past period's calls again under a draft plan or draft prices: revenue, margin, who gains and who loses. Nothing is charged.",
            Try(),
            List("list", "Drafts that were tried, newest first.", _ => "what-if", columns),
            Get("show", "What a draft came to.", p => $"what-if/{Escape(p.GetValue(id))}", id),
            Call("cancel", "Stop trying a draft.", HttpMethod.Delete, p => $"what-if/{Escape(p.GetValue(id))}", _ => null, id)
        );
    }

    private static Command Try()
    {
        var from = Required("--from", "When the period begins, such as 2026-10-01T00:00:00+08:00.");
        var to = Required("--to", "When it ends.");
        var draft = Optional("--draft", "An offering's id: its draft, or what is published of it.");
        var plan = Optional("--plan", "Or a draft plan as JSON, as offering put takes it.");
        var instead = Optional("--instead-of", "The offering whose holders would have had the draft; its own id unless told.");
        var prices = Optional(
            "--prices",
            "Draft prices: a price sheet as JSON (with --model), or an object of Model IDs and price sheets."
        );
        var model = Optional("--model", "The model whose price sheet --prices is.");
        var sample = new Option<int?>("--sample") { Description = "So many subscribers at the most; all, unless told." };
        var command = new Command("try", "Try it, and wait for what it comes to.")
        {
            from,
            to,
            draft,
            plan,
            instead,
            prices,
            model,
            sample,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var sheets = parsed.GetValue(prices) is { } file ? JsonFile.Read(file) : (JsonElement?)null;
                var body = new
                {
                    from = Instants.Read(parsed.GetValue(from), "--from"),
                    to = Instants.Read(parsed.GetValue(to), "--to"),
                    draft = parsed.GetValue(draft),
                    offering = parsed.GetValue(plan) is { } sheet ? JsonFile.Read(sheet) : (JsonElement?)null,
                    insteadOf = parsed.GetValue(instead),
                    prices = sheets is null ? null
                    : parsed.GetValue(model) is { } named ? new Dictionary<string, JsonElement> { [named] = sheets.Value }
                    : (object)sheets.Value,
                    sample = parsed.GetValue(sample),
                };
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var run = await management.SendAsync(HttpMethod.Post, "what-if", body, cancellation);
                var path = $"what-if/{run.GetProperty("id").GetString()}";
                if (parsed.GetValue(Json))
                    run = await WaitAsync(management, path, run, _ => { }, cancellation);
                else
                    await AnsiConsole
                        .Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
                        .Progress()
                        .StartAsync(async progress =>
                        {
                            var bar = progress.AddTask("subscribers");
                            run = await WaitAsync(management, path, run, done => bar.Value = done * bar.MaxValue, cancellation);
                        });
                Output.Show(run, parsed.GetValue(Json));
                return run.GetProperty("state").GetString() == "done" ? 0 : 1;
            }
        );
        return command;
    }

    private static async Task<JsonElement> WaitAsync(
        ManagementAccess management,
        string path,
        JsonElement run,
        Action<double> progress,
        CancellationToken cancellation
    )
    {
        while (run.GetProperty("state").GetString() is "waiting" or "running")
        {
            if (run.GetProperty("of").GetInt64() is > 0 and var of)
                progress(run.GetProperty("looked").GetInt64() / (double)of);
            await Task.Delay(beat, TimeProvider.System, cancellation);
            run = await management.SendAsync(HttpMethod.Get, path, null, cancellation);
        }
        progress(1);
        return run;
    }
}
