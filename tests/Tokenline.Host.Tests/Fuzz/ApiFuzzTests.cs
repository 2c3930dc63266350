using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokenline.Host.Tests.Fuzz;

/// <summary>Every operation of the management API, as its own description tells it, with bodies that fit the description, nearly fit, or do not: each is done or refused, none is an "internal error".</summary>
public sealed class ApiFuzzTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const int TimesEach = 3;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Any_request_is_done_or_refused()
    {
        var subscriber = await server.SubscriberAsync(100);
        string[] ids =
        [
            subscriber.Customer.Id.ToString(),
            subscriber.KeyId.ToString(),
            RunningServer.Model,
            "plan-light",
            "deepseek",
            "2026-08",
            "x",
            "0",
            "%20",
            "ord_0000000000001",
        ];
        var document = JsonNode.Parse(await server.Client.GetStringAsync($"{server.Url}/openapi/v1.json", RunningServer.Cancel))!;
        var operations = document["paths"]!
            .AsObject()
            .Where(path => path.Key.StartsWith("/api/", StringComparison.Ordinal)) // a client's calls have fuzzers of their own
            .SelectMany(path =>
                path.Value!.AsObject().Select(operation => (Path: path.Key, Method: operation.Key, Operation: operation.Value!))
            )
            .ToList();
        Assert.NotEmpty(operations);
        var done = 0;

        var tries = await FuzzLength.RunAsync(
            operations.Count * TimesEach,
            async number =>
            {
                var mutator = new Mutator(new Random(FuzzLength.Seed ^ (number * 15_485_863)));
                var (path, method, operation) = operations[number % operations.Count];
                var writer = new SchemaWriter(document, mutator, ids);
                var body = operation["requestBody"]?["content"]?["application/json"]?["schema"] is { } schema ? writer.Write(schema) : null;
                using var request = new HttpRequestMessage(
                    new HttpMethod(method.ToUpperInvariant()),
                    server.Url + Address(path, operation, mutator, writer)
                );
                if (body is not null)
                {
                    request.Content = new ByteArrayContent(
                        mutator.Rarely(4) ? mutator.Bytes(Encoding.UTF8.GetBytes(body)) : Encoding.UTF8.GetBytes(body)
                    );
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                }
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
                using var soon = CancellationTokenSource.CreateLinkedTokenSource(RunningServer.Cancel);
                soon.CancelAfter(patience);
                using var response = await server.Client.SendAsync(request, soon.Token);
                var text = await response.Content.ReadAsStringAsync(soon.Token);
                var status = (int)response.StatusCode;
                Assert.True(
                    status is < 500 or 502 or 503 or 504,
                    $"request {number} of seed {FuzzLength.Seed}: {request.Method} {request.RequestUri} is answered {status} {text}\nsent: {body}"
                );
                if (status >= 400)
                    Assert.True(
                        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                            && JsonNode.Parse(text)?["code"] is not null,
                        $"request {number} of seed {FuzzLength.Seed}: {request.Method} {request.RequestUri} is refused without a code: {status} {text}"
                    );
                else
                    Interlocked.Increment(ref done);
            }
        );

        TestContext.Current.SendDiagnosticMessage(
            "fuzz, seed {0}: {1} requests of {2} operations, {3} of them done",
            FuzzLength.Seed,
            tries,
            operations.Count,
            done
        );
        Assert.InRange(done, tries / 20, tries);
    }

    private static string Address(string path, JsonNode operation, Mutator mutator, SchemaWriter writer)
    {
        var query = new List<string>();
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            var name = (string)parameter!["name"]!;
            if ((string)parameter["in"]! == "path")
                path = path.Replace(
                    $"{{{name}}}",
                    Uri.EscapeDataString(writer.Word()).Replace("%25", "%", StringComparison.Ordinal),
                    StringComparison.Ordinal
                );
            else if ((string)parameter["in"]! == "query" && mutator.Rarely(2))
                query.Add($"{name}={Uri.EscapeDataString(Value(parameter["schema"]!))}");
        }
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";

        string Value(JsonNode schema)
        {
            var value = mutator.Rarely(2) ? writer.Word() : writer.Write(schema).Trim('"');
            return value.Length > 200 ? value[..200] : value;
        }
    }

    /// <summary>JSON that fits a schema, but for a value here and there.</summary>
    private sealed class SchemaWriter(JsonNode document, Mutator mutator, IReadOnlyList<string> words)
    {
        private const int DepthMax = 8;

        public string Word() => mutator.Choose(words);

        public string Write(JsonNode schema, int depth = 0)
        {
            if (mutator.Rarely(15))
                return mutator.Strange();
            if (depth > DepthMax)
                return "null";
            if ((string?)schema["$ref"] is { } reference)
                return Write(document["components"]!["schemas"]![reference.Split('/')[^1]]!, depth + 1);
            if (schema["oneOf"] is JsonArray { Count: > 0 } either)
                return Write(mutator.Choose(either.ToList())!, depth + 1);
            if (schema["enum"] is JsonArray { Count: > 0 } of)
                return mutator.Choose(of.ToList())?.ToJsonString() ?? "null";
            var types = schema["type"] switch
            {
                JsonArray several => [.. several.Select(type => (string)type!)],
                JsonValue one => [(string)one!],
                _ => new[] { schema["properties"] is null ? "string" : "object" },
            };
            return mutator.Choose(types) switch
            {
                "object" => Members(schema, depth),
                "array" =>
                    $"[{string.Join(',', Enumerable.Range(0, mutator.Choose([0, 1, 2])).Select(_ => Write(schema["items"] ?? new JsonObject(), depth + 1)))}]",
                "integer" => mutator.Choose(["0", "1", "2", "7", "1000", "-1"]),
                "number" => mutator.Choose(["0", "1.5", "10", "-0.1"]),
                "boolean" => mutator.Choose(["true", "false"]),
                "null" => "null",
                _ => JsonSerializer.Serialize(
                    mutator.Choose<string>([
                        Word(),
                        Word(),
                        "1",
                        "0.5",
                        "CNY",
                        "general-token",
                        "+8613900009999",
                        "2027-01-01T00:00:00Z",
                        "2026-08-01",
                        "because",
                        "month",
                    ])
                ),
            };
        }

        private string Members(JsonNode schema, int depth)
        {
            var text = new StringBuilder("{");
            var required = schema["required"]?.AsArray().Select(name => (string)name!).ToHashSet() ?? [];
            foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
            {
                if (mutator.Rarely(required.Contains(name) ? 20 : 2))
                    continue;
                text.Append(text.Length > 1 ? "," : "")
                    .Append(JsonSerializer.Serialize(name))
                    .Append(':')
                    .Append(Write(member!, depth + 1));
            }
            return text.Append('}').ToString();
        }
    }
}
