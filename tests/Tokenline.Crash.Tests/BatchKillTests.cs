using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Tokenline.Crash.Tests;

/// <summary>The server is killed in the middle of a batch: afterwards every line is answered once and paid once, whatever was at the vendor or on its way to the disk.</summary>
[Collection(nameof(OneServer))]
public sealed class BatchKillTests(OneServer one)
{
    private const int Lines = 16;

    [Fact]
    public async Task Killed_in_the_middle_of_a_batch_every_line_is_answered_once_and_paid_once()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (server, customer) = (one.Process, one.Customers[0]);
        await one.StartIfEndedAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Url, "/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", one.Keys[0]);
        var full = await LeftAsync(server, customer, cancellation);
        var id = await StartAsync(client, cancellation);
        await UntilAsync(client, id, batch => Completed(batch) >= 6, cancellation); // four more are at the vendor
        await server.KillAsync();
        await one.StartIfEndedAsync();

        var ended = await UntilAsync(client, id, batch => batch.GetProperty("status").GetString() == "completed", cancellation);

        Assert.Equal(Lines, Completed(ended));
        var text = await client.GetStringAsync($"files/{ended.GetProperty("output_file_id").GetString()}/content", cancellation);
        var output = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToList();
        Assert.Equal(Enumerable.Range(0, Lines).Select(Name), output.Select(line => line.GetProperty("custom_id").GetString()));
        // At half of 1 a token in and 3 out. A charge whose answer was lost is given back, so nothing beyond the lines' own answers is paid.
        var owed = output.Sum(line => CostOf(line.GetProperty("response").GetProperty("body").GetProperty("usage")));
        Assert.Equal(full - owed, await LeftAsync(server, customer, cancellation));
        var audit = await server.PostAsync("audit", new { }, cancellation);
        Assert.True(audit.GetProperty("clean").GetBoolean(), audit.ToString());
        Assert.Equal(0, audit.GetProperty("openCharges").GetInt64());
    }

    private static string Name(int line) => $"line-{line}";

    private static int Completed(JsonElement batch) => batch.GetProperty("request_counts").GetProperty("completed").GetInt32();

    private static decimal CostOf(JsonElement usage) =>
        (usage.GetProperty("prompt_tokens").GetInt64() + (3 * usage.GetProperty("completion_tokens").GetInt64())) / 2m;

    private static async Task<string> StartAsync(HttpClient client, CancellationToken cancellation)
    {
        var lines = string.Concat(
            Enumerable
                .Range(0, Lines)
                .Select(i =>
                    $$$"""{"custom_id":"{{{Name(i)}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"crash","max_tokens":50,"messages":[{"role":"user","content":"Line {{{i}}} [[simulate: tokens=12; latency=150]]"}]}}"""
                    + "\n"
                )
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent("batch"), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(lines)), "file", "lines.jsonl" },
        };
        var file = await ReadAsync(await client.PostAsync("files", form, cancellation), cancellation);
        var batch = new
        {
            input_file_id = file.GetProperty("id").GetString(),
            endpoint = "/v1/chat/completions",
            completion_window = "24h",
        };
        return (await ReadAsync(await client.PostAsJsonAsync("batches", batch, cancellation), cancellation)).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> UntilAsync(
        HttpClient client,
        string id,
        Func<JsonElement, bool> holds,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var batch = await ReadAsync(await client.GetAsync($"batches/{id}", cancellation), cancellation);
            if (holds(batch))
                return batch;
            Assert.True(batch.GetProperty("status").GetString() is "validating" or "in_progress" or "finalizing", batch.ToString());
            await Task.Delay(20, cancellation); // it is another process: there is no event to wait for
        }
    }

    private static async Task<decimal> LeftAsync(ServerProcess server, string customer, CancellationToken cancellation)
    {
        var buckets = (await server.GetAsync($"customers/{customer}/buckets", cancellation)).GetProperty("items");
        Assert.All(buckets.EnumerateArray(), bucket => Assert.Equal("0", bucket.GetProperty("reserved").GetString()));
        return buckets
            .EnumerateArray()
            .Sum(bucket => decimal.Parse(bucket.GetProperty("remaining").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
