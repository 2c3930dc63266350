using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline simulate calls</c>: real calls on a running server, so that there is something to look at. They are held, charged and booked as any others.</summary>
internal static class SimulateCallsVerb
{
    private const int CallsMax = 100_000;
    private const int ModelsUsed = 6;

    private static readonly string[] prompts =
    [
        "Hello",
        "Explain in three sentences what a token is.",
        "Write a haiku about a telephone exchange.",
        "List ten ways to save energy at home, with a sentence for each.",
        "用三句话介绍一下通用 Token 套餐。",
    ];

    public static Command Command()
    {
        var count = new Option<int>("--count") { Description = $"1 to {CallsMax}.", DefaultValueFactory = _ => 50 };
        var url = new Option<string?>("--url") { Description = "The server; without it OPENAI_BASE_URL, as in demo.env." };
        var key = new Option<string?>("--key") { Description = "A customer's key; without it OPENAI_API_KEY, as in demo.env." };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same calls.", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "calls",
            "Make real calls on a running server with a customer's key: several models, prompts and runs, some streamed."
        )
        {
            count,
            url,
            key,
            seed,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed.GetValue(count),
                    parsed.GetValue(url) ?? Environment.GetEnvironmentVariable("OPENAI_BASE_URL"),
                    parsed.GetValue(key) ?? Environment.GetEnvironmentVariable("OPENAI_API_KEY"),
                    new Random(parsed.GetValue(seed)),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(int count, string? url, string? key, Random random, CancellationToken cancellation)
    {
        if (count is < 1 or > CallsMax)
            throw new SettingException($"--count is 1 to {CallsMax}, not {count}.");
        if (url is not { Length: > 0 } || key is not { Length: > 0 })
            throw new SettingException("Where and as whom? Give --url and --key, or source demo.env of the data folder first.");
        var root = url.TrimEnd('/') is var trimmed && trimmed.EndsWith("/v1", StringComparison.Ordinal) ? trimmed : trimmed + "/v1";
        using var client = new HttpClient { BaseAddress = new Uri(root + "/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var models = await ModelsAsync(client, random, cancellation);
        var (made, refused) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            using var response = await client.SendAsync(Request(models, random), cancellation);
            await response.Content.ReadAsByteArrayAsync(cancellation);
            _ = response.IsSuccessStatusCode ? made++ : refused++;
        }
        Console.WriteLine($"{made} calls made, {refused} refused, of {string.Join(", ", models)}");
        return refused == count ? 1 : 0;
    }

    private static async Task<string[]> ModelsAsync(HttpClient client, Random random, CancellationToken cancellation)
    {
        using var response = await client.GetAsync("models", cancellation);
        if (!response.IsSuccessStatusCode)
            throw new SettingException(
                $"{client.BaseAddress}models answers {(int)response.StatusCode}: is it a Tokenline, and the key good?"
            );
        var list = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        var ids = list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!).ToArray();
        random.Shuffle(ids);
        return ids.Length > 0 ? ids[..Math.Min(ids.Length, ModelsUsed)] : throw new SettingException("This key may call no model.");
    }

    private static HttpRequestMessage Request(string[] models, Random random)
    {
        // The first models are liked best, as it is in life.
        var model = models[Math.Min(random.Next(models.Length), random.Next(models.Length))];
        var request = new HttpRequestMessage(HttpMethod.Post, "chat/completions")
        {
            Content = JsonContent.Create(
                new
                {
                    model,
                    stream = random.Next(2) == 0,
                    messages = new[] { new { role = "user", content = prompts[random.Next(prompts.Length)] } },
                }
            ),
        };
        if (random.Next(4) == 0)
            request.Headers.Add("x-tokenline-run-id", $"report-{random.Next(3)}");
        return request;
    }
}
