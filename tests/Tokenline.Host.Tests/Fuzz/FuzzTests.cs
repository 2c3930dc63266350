using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.Tests.Fuzz;

/// <summary>
/// Whatever a caller, a carrier, a browser or a vendor sends, the server answers in the protocol that it was asked in, soon, and never with "internal error";
/// afterwards nothing is held and the audit is clean (which the server's own end checks). A failure names its number and seed. Longer: <c>./bench.sh fuzz --minutes N --seed S</c>.
/// </summary>
public sealed class FuzzTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const int Requests = 1200;
    private const int Answers = 400;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Any_request_is_answered()
    {
        var subscriber = await server.SubscriberAsync();
        var models = server.Get<IModelCatalogSource>().Current.Models.Select(model => model.Id).Prepend(RunningServer.Model).ToList();
        var served = 0;

        var tries = await FuzzLength.RunAsync(
            Requests,
            async number =>
            {
                var mutator = Of(number);
                var endpoint = mutator.Choose(Endpoints.All);
                var model = mutator.Rarely(2) ? RunningServer.Model : mutator.Choose(models);
                var body = mutator.Body(endpoint.Body.Replace("MODEL", model, StringComparison.Ordinal));
                using var request = new HttpRequestMessage(
                    new HttpMethod(endpoint.Method),
                    server.Url + endpoint.Path.Replace("MODEL", model, StringComparison.Ordinal)
                );
                if (endpoint.Method != "GET")
                {
                    request.Content = new ByteArrayContent(body);
                    request.Content.Headers.TryAddWithoutValidation("Content-Type", endpoint.ContentType);
                }
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", subscriber.Key);
                if (mutator.Rarely(8))
                    request.Headers.TryAddWithoutValidation(
                        mutator.Choose<string>([
                            "Idempotency-Key",
                            "x-tokenline-run",
                            "anthropic-version",
                            "x-api-key",
                            "Accept-Language",
                            "x-simulate",
                        ]),
                        string.Concat(mutator.Bytes("a value"u8.ToArray()).Where(c => c is >= 0x20 and < 0x7F).Select(c => (char)c))
                    );
                if (await AnswerAsync(request, $"request {number} of seed {FuzzLength.Seed}: {endpoint.Method} {endpoint.Path}", body))
                    Interlocked.Increment(ref served);
            }
        );

        TestContext.Current.SendDiagnosticMessage("fuzz, seed {0}: {1} requests, {2} of them served", FuzzLength.Seed, tries, served);
        Assert.InRange(served, tries / 50, tries - (tries / 50)); // some damage does no harm, some is refused: else nothing was tried
    }

    [Fact]
    public async Task Any_answer_of_a_vendor_is_passed_on_or_refused_and_charged_for_at_most_what_was_held()
    {
        var subscriber = await server.SubscriberAsync();
        var answers = new AnyAnswers();
        await using var vendor = new ScriptedVendor(answers.GiveAsync);
        var models = new Dictionary<VendorApi, string>();
        foreach (var api in AnyAnswers.Apis)
        {
            var name = $"any-{VendorApis.NameOf(api)}";
            await server.PutVendorAsync(name, vendor.BaseUrl, 5, null, api);
            models[api] = await server.ModelAsync(name, (name, null));
        }

        var tries = await FuzzLength.RunAsync(
            Answers,
            async number =>
            {
                var mutator = Of(number);
                var (api, isStream) = (mutator.Choose(AnyAnswers.Apis), mutator.Rarely(2));
                using var request = AnyAnswers.Ask(server.Url, mutator.Rarely(2), models[api], isStream, number);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", subscriber.Key);
                await AnswerAsync(
                    request,
                    $"answer {number} of seed {FuzzLength.Seed}: {api}, stream {isStream}",
                    answers.Of(number, api, isStream),
                    isVendors: true
                );
            }
        );

        var records = await subscriber.RecordsAsync();
        Assert.All(
            records,
            record => Assert.True((record.UncollectedNano == 0 || record.Check is not null) && record.RetailNano >= 0, record.ToString())
        );
        TestContext.Current.SendDiagnosticMessage(
            "fuzz, seed {0}: {1} answers of vendors, {2} of them charged",
            FuzzLength.Seed,
            tries,
            records.Count
        );
        Assert.InRange(records.Count, 1, tries);
    }

    private static Mutator Of(int number) => new(new Random(FuzzLength.Seed ^ (number * 7919)));

    /// <summary>Whether it was served.</summary>
    private async Task<bool> AnswerAsync(HttpRequestMessage request, string what, byte[] sent, bool isVendors = false)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(RunningServer.Cancel);
        soon.CancelAfter(patience);
        string Told(string wrong) => $"{what}: {wrong}\nsent: {Encoding.Latin1.GetString(sent)}";
        try
        {
            using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, soon.Token);
            var status = (int)response.StatusCode;
            var (body, isCut) = await ReadAsync(response, soon.Token);
            // A stream that its vendor broke off ends with an error, and then looks cut.
            Assert.True(
                !isCut || (isVendors && body.AsSpan().IndexOf("\"error\""u8) >= 0),
                Told($"cut after {Encoding.UTF8.GetString(body)}")
            );
            Assert.True(status is < 500 or 502 or 503 or 504, Told($"{status} {Encoding.UTF8.GetString(body)}"));
            Assert.True(isVendors || status < 500 || !IsOurs(body), Told($"{status} {Encoding.UTF8.GetString(body)}"));
            var type = response.Content.Headers.ContentType?.MediaType;
            if (status >= 400 && type is "application/json" or "application/problem+json")
                Assert.True(IsJson(body), Told($"an error that is not JSON: {Encoding.UTF8.GetString(body)}"));
            if (status == 200 && type == "text/event-stream" && !isVendors)
                AssertEvents(body, Told);
            return status < 300;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            Assert.Fail(Told(e.ToString()));
            throw;
        }
    }

    private static async Task<(byte[] Body, bool IsCut)> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            await stream.CopyToAsync(body, cancellation);
            return (body.ToArray(), false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (body.ToArray(), true);
        }
    }

    private static bool IsOurs(byte[] body) => body.AsSpan().IndexOf("internal_error"u8) >= 0;

    private static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 300 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void AssertEvents(byte[] stream, Func<string, string> told)
    {
        foreach (var next in SseParser.Create(new MemoryStream(stream)).Enumerate())
            Assert.True(next.Data == "[DONE]" || IsJson(Encoding.UTF8.GetBytes(next.Data)), told($"the event {next.Data}"));
    }
}
