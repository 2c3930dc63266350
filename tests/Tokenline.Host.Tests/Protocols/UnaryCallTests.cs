using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>Embeddings, reranking, images, speech and transcriptions: held, charged by their own meters, and passed as they are.</summary>
public class UnaryCallTests(SharedServer server)
{
    [Theory]
    [InlineData("float")]
    [InlineData("base64")]
    public async Task Embeddings_are_charged_by_the_tokens_that_the_vendor_reports(string encoding)
    {
        var model = await ModelAsync(ModelKind.Embedding, new() { ["embedding"] = 2 });
        var subscriber = await server.SubscriberAsync();

        var answer = await AskAsync(
            subscriber,
            "/v1/embeddings",
            $$"""{"model":"{{model}}","input":["first text","second text"],"encoding_format":"{{encoding}}"}"""
        );

        Assert.Equal(200, answer.Status);
        var data = answer.Json["data"]!.AsArray();
        Assert.Equal(2, data.Count);
        Assert.Equal(encoding == "base64", data[0]!["embedding"]!.GetValueKind() == JsonValueKind.String);
        var record = await subscriber.RecordAsync();
        Assert.Equal((long)answer.Json["usage"]!["prompt_tokens"]!, record.Usage[Meter.Embedding]);
        Assert.Equal(0, record.Usage[Meter.Output]);
        await AssertPaidAsync(subscriber, 2 * record.Usage[Meter.Embedding]);
    }

    [Fact]
    public async Task Reranking_is_charged_by_documents()
    {
        var model = await ModelAsync(ModelKind.Rerank, new() { ["rerank"] = 100 });
        var subscriber = await server.SubscriberAsync();

        var answer = await AskAsync(
            subscriber,
            "/v1/rerank",
            $$"""{"model":"{{model}}","query":"which?","documents":["one","two","three"],"top_n":2}"""
        );

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, answer.Json["results"]!.AsArray().Count);
        var record = await subscriber.RecordAsync();
        Assert.InRange(record.Usage[Meter.Rerank], 1, 3); // documents, or search units where the vendor says so
        await AssertPaidAsync(subscriber, Weighed(record.Usage, (Meter.Rerank, 100), (Meter.Input, 1)));
    }

    [Fact]
    public async Task Images_are_charged_by_their_number()
    {
        var model = await ModelAsync(ModelKind.Image, new() { ["image"] = 5000 });
        var subscriber = await server.SubscriberAsync();

        var answer = await AskAsync(
            subscriber,
            "/v1/images/generations",
            $$"""{"model":"{{model}}","prompt":"a boat","n":2,"size":"1024x1024"}"""
        );

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, answer.Json["data"]!.AsArray().Count);
        var record = await subscriber.RecordAsync();
        Assert.Equal(2, record.Usage[Meter.Image]);
        await AssertPaidAsync(subscriber, Weighed(record.Usage, (Meter.Image, 5000), (Meter.Input, 1), (Meter.Output, 1)));
    }

    [Fact]
    public async Task Speech_is_charged_by_the_characters_of_its_text_and_is_sound()
    {
        var model = await ModelAsync(ModelKind.Speech, new() { ["character"] = 3 });
        var subscriber = await server.SubscriberAsync();

        var answer = await AskAsync(subscriber, "/v1/audio/speech", $$"""{"model":"{{model}}","input":"Grüße, 你好 🙂","voice":"alloy"}""");

        Assert.Equal(200, answer.Status);
        Assert.StartsWith("audio/", answer.Response.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
        Assert.True(answer.Bytes.AsSpan().StartsWith("RIFF"u8) || answer.Bytes.Length > 0);
        Assert.Equal(11, (await subscriber.RecordAsync()).Usage[Meter.Character]);
        await AssertPaidAsync(subscriber, 33);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("verbose_json")]
    [InlineData("text")]
    public async Task Transcriptions_are_charged_by_seconds_begun(string format)
    {
        var model = await ModelAsync(ModelKind.Transcription, new() { ["second"] = 7 });
        var subscriber = await server.SubscriberAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent(model), "model" },
            { new StringContent(format), "response_format" },
        };
        var sound = new ByteArrayContent(Wav(seconds: 2.5));
        sound.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        form.Add(sound, "file", "speech.wav");

        var answer = await SendAsync(subscriber, "/v1/audio/transcriptions", form);

        Assert.True(answer.Status == 200, answer.Text);
        var record = await subscriber.RecordAsync();
        Assert.InRange(record.Usage[Meter.Second], 1, 4);
        Assert.Equal(UsageBasis.Vendor, record.Basis);
        await AssertPaidAsync(subscriber, Weighed(record.Usage, (Meter.Second, 7), (Meter.Input, 1), (Meter.Output, 1)));
    }

    /// <summary>A price in a meter that the vendor does not report: what it says is turned into the price's by a published rule, or counted here.</summary>
    [Theory]
    [InlineData(ModelKind.Transcription, "", """{"text":"one two three","usage":{"type":"duration","seconds":9}}""", 90 + 3)]
    [InlineData(ModelKind.Transcription, "", """{"text":"one two three","duration":"8.4"}""", 90 + 3)]
    [InlineData(ModelKind.Transcription, "", """{"text":"one two three"}""", 30 + 3)] // of the file, 2.5 s
    [InlineData(ModelKind.Transcription, "", """{"text":"a","usage":{"input_tokens":7,"output_tokens":2,"total_tokens":9}}""", 9)]
    [InlineData(ModelKind.Image, "", """{"created":1,"data":[{"url":"u"},{"url":"v"}]}""", 2 + (2 * 1000))]
    [InlineData(ModelKind.Rerank, "", """{"results":[{"index":0}],"meta":{"billed_units":{"search_units":1}}}""", 10)]
    [InlineData(ModelKind.Embedding, "embedding", """{"data":[{"embedding":[0.1]}]}""", 3)]
    [InlineData(ModelKind.Embedding, "", """{"data":[{"embedding":[0.1]}]}""", 3)]
    public async Task What_is_delivered_costs_something_whatever_the_vendor_counts_in(ModelKind kind, string only, string said, long paid)
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(said));
        var prices = new Dictionary<string, decimal>(only.Length == 0 ? [new("input", 1), new("output", 1)] : [new(only, 1)]);
        var model = await PricedModelAsync(vendor, kind, prices);
        var subscriber = await server.SubscriberAsync();

        var answer = kind switch
        {
            ModelKind.Transcription => await TranscribeAsync(subscriber, model),
            ModelKind.Image => await AskAsync(subscriber, "/v1/images/generations", $$"""{"model":"{{model}}","prompt":"a boat","n":2}"""),
            ModelKind.Rerank => await AskAsync(
                subscriber,
                "/v1/rerank",
                $$"""{"model":"{{model}}","query":"which one","documents":["first","second"]}"""
            ),
            _ => await AskAsync(subscriber, "/v1/embeddings", $$"""{"model":"{{model}}","input":"some text"}"""),
        };

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(
            said.Contains("input_tokens", StringComparison.Ordinal) ? UsageBasis.Vendor : UsageBasis.Estimated,
            (await subscriber.RecordAsync()).Basis
        );
        await AssertPaidAsync(subscriber, paid);
    }

    /// <summary>What the vendor was given before its client left is paid for in the price's own meter.</summary>
    [Fact]
    public async Task A_client_that_leaves_before_the_sound_comes_pays_for_the_characters_that_were_sent()
    {
        await using var vendor = new ScriptedVendor();
        var model = await PricedModelAsync(vendor, ModelKind.Speech, new() { ["character"] = 3 });
        var subscriber = await server.SubscriberAsync();
        using var left = new CancellationTokenSource();

        var asking = server.Client.SendAsync(
            RunningServer.Request(
                $"{server.Url}/v1/audio/speech",
                new StringContent($$"""{"model":"{{model}}","input":"hello","voice":"alloy"}""", Encoding.UTF8, "application/json"),
                subscriber.Key
            ),
            left.Token
        );
        await vendor.NextAsync();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(5, (await subscriber.RecordInTimeAsync()).Usage[Meter.Character]);
        await AssertPaidAsync(subscriber, 15);
    }

    [Theory]
    [InlineData("/v1/embeddings", """{"model":"M"}""", "input")]
    [InlineData("/v1/embeddings", """{"model":"M","input":""}""", "input")]
    [InlineData("/v1/embeddings", """{"input":"x"}""", "model")]
    [InlineData("/v1/embeddings", """{"model":"M","model":"M","input":"x"}""", "model")]
    [InlineData("/v1/embeddings", """{"model":"M","Input":"x"}""", "input")]
    [InlineData("/v1/rerank", """{"model":"M","query":"q","documents":[]}""", "documents")]
    [InlineData("/v1/rerank", """{"model":"M","documents":["a"]}""", "query")]
    [InlineData("/v1/images/generations", """{"model":"M","prompt":"p","n":11}""", "n")]
    [InlineData("/v1/images/generations", """{"model":"M","prompt":"p","stream":true}""", "stream")]
    [InlineData("/v1/images/generations", """{"model":"M"}""", "prompt")]
    [InlineData("/v1/audio/speech", """{"model":"M","voice":"v"}""", "input")]
    [InlineData("/v1/audio/speech", """{"model":"M","input":"a","stream_format":"sse"}""", "stream_format")]
    [InlineData("/v1/embeddings", "not json", null)]
    [InlineData("/v1/audio/transcriptions", """{"model":"M"}""", null)]
    public async Task What_is_at_fault_is_named_and_costs_nothing(string path, string body, string? param)
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await AskAsync(subscriber, path, body);

        Assert.Equal((400, param), (answer.Status, (string?)answer.Error["param"]));
        await AssertPaidAsync(subscriber, 0);
    }

    [Fact]
    public async Task A_model_of_another_kind_is_refused_with_the_address_that_it_is_called_by()
    {
        var subscriber = await server.SubscriberAsync();
        var embedding = await ModelAsync(ModelKind.Embedding, new() { ["embedding"] = 2 });

        var chat = await subscriber.AskAsync(Wire.Ask(model: embedding));
        var embed = await AskAsync(subscriber, "/v1/embeddings", $$"""{"model":"{{RunningServer.Model}}","input":"x"}""");

        Assert.Equal(400, chat.Status);
        Assert.Contains("/v1/embeddings", (string?)chat.Error["message"], StringComparison.Ordinal);
        Assert.Equal(400, embed.Status);
        Assert.Contains("/v1/chat/completions", (string?)embed.Error["message"], StringComparison.Ordinal);
        await AssertPaidAsync(subscriber, 0);
    }

    [Fact]
    public async Task A_call_that_cannot_be_paid_is_refused_before_it_runs()
    {
        var model = await ModelAsync(ModelKind.Image, new() { ["image"] = 5000 });
        var subscriber = await server.SubscriberAsync(tokens: 4000);

        var answer = await AskAsync(subscriber, "/v1/images/generations", $$"""{"model":"{{model}}","prompt":"a boat"}""");

        Assert.Equal(402, answer.Status);
        Assert.Empty(await subscriber.RecordsAsync());
    }

    [Theory]
    [InlineData("fault=status:500", 502)]
    [InlineData("fault=status:429", 503)]
    [InlineData("fault=html", 502)]
    [InlineData("fault=refuse", 503)]
    public async Task A_vendor_that_fails_costs_nothing(string directive, int status)
    {
        var model = await ModelAsync(ModelKind.Embedding, new() { ["embedding"] = 2 }, directive);
        var subscriber = await server.SubscriberAsync();

        var answer = await AskAsync(subscriber, "/v1/embeddings", $$"""{"model":"{{model}}","input":"x"}""");

        Assert.Equal(status, answer.Status);
        await AssertPaidAsync(subscriber, 0);
    }

    private async Task<Answer> TranscribeAsync(Subscriber subscriber, string model)
    {
        using var form = new MultipartFormDataContent { { new StringContent(model), "model" } };
        var sound = new ByteArrayContent(Wav(seconds: 2.5));
        sound.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        form.Add(sound, "file", "speech.wav");
        return await SendAsync(subscriber, "/v1/audio/transcriptions", form);
    }

    private static byte[] Wav(double seconds)
    {
        const int rate = 16000;
        var data = new byte[(int)(rate * seconds)];
        using var file = new MemoryStream();
        using var to = new BinaryWriter(file);
        to.Write("RIFF"u8);
        to.Write(36 + data.Length);
        to.Write("WAVEfmt "u8);
        to.Write(16);
        to.Write((short)1);
        to.Write((short)1);
        to.Write(rate / 2);
        to.Write(rate);
        to.Write((short)2);
        to.Write((short)16);
        to.Write("data"u8);
        to.Write(data.Length);
        to.Write(data);
        return file.ToArray();
    }

    private static long Weighed(Usage usage, params (Meter Meter, long Weight)[] weights) => weights.Sum(w => usage[w.Meter] * w.Weight);

    private static async Task AssertPaidAsync(Subscriber subscriber, long tokens) =>
        Assert.Equal(tokens * QuotaUnit.Micro, (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync());

    private Task<Answer> AskAsync(Subscriber subscriber, string path, string body) =>
        SendAsync(subscriber, path, new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<Answer> SendAsync(Subscriber subscriber, string path, HttpContent content)
    {
        using var response = await server.Client.SendAsync(
            RunningServer.Request(server.Url + path, content, subscriber.Key),
            RunningServer.Cancel
        );
        return await Answer.ReadAsync(response);
    }

    private async Task<string> PricedModelAsync(ScriptedVendor vendor, ModelKind kind, Dictionary<string, decimal> price)
    {
        var name = $"p-{Guid.NewGuid():n}"[..14];
        await server.PutVendorAsync(name, vendor.BaseUrl, drainSeconds: 0);
        return await server.PricedModelAsync(name, kind, price);
    }

    private async Task<string> ModelAsync(ModelKind kind, Dictionary<string, decimal> weights, string? behaviour = null)
    {
        var vendor = $"u-{Guid.NewGuid():n}"[..14];
        await server.PutVendorAsync(vendor, new Uri(server.Server.Simulator!.Address, $"/vendors/{vendor}/v1"));
        if (behaviour is not null)
            server.Vendors.Order(vendor, Simulators.Vendors.Behaviour.Parse(behaviour));
        return await server.UnaryModelAsync(vendor, kind, weights);
    }
}
