using System.Text;
using System.Text.Json;

namespace Tokenline.Host.Tests;

/// <summary>Bytes go through as they are, in both directions, but for the few that must change.</summary>
public class FidelityTests(SharedServer server)
{
    /// <summary>White space, escapes, unknown members, numbers and orders that a parse and a print would not keep.</summary>
    private static string Odd(string marker, string model = RunningServer.Model, string members = "") =>
        $$"""
             { "x_unknown" : {"b":1.0e0,"a":[ ] , "n":-0, "big":123456789012345678901234567890},
            	"messages":[ {"content":"{{marker}} 中\u6587 \ud83d\ude00 \/ é \u0000 [[simulate: tokens=12]]" ,"role":"user", "name" : "z"} ], "temperature":1.10,
               "model"  :   "{{model}}"{{members}} , "metadata":{"user_id":"{\"a\":\"b\"}"}
            }
            """;

    [Fact]
    public async Task A_plain_request_reaches_the_vendor_byte_for_byte()
    {
        var subscriber = await server.SubscriberAsync();
        var sent = Odd("plain-as-it-is");

        var answer = await subscriber.AskAsync(sent);

        Assert.Equal(200, answer.Status);
        Assert.Equal(sent, ReceivedBody("plain-as-it-is"));
    }

    [Fact]
    public async Task A_stream_that_asks_for_usage_reaches_the_vendor_byte_for_byte()
    {
        var subscriber = await server.SubscriberAsync();
        var sent = Odd(
            "asked-for-usage",
            members: """, "stream":true,"stream_options" : {"include_obfuscation":false,  "include_usage" :true }"""
        );

        await subscriber.AskAsync(sent);

        Assert.Equal(sent, ReceivedBody("asked-for-usage"));
    }

    [Fact]
    public async Task A_model_written_with_escapes_goes_through_as_it_was_written()
    {
        var subscriber = await server.SubscriberAsync();
        var sent = Odd("escaped-model", model: @"deepseek\u002dv4\u002Dflash");

        var answer = await subscriber.AskAsync(sent);

        Assert.Equal(200, answer.Status);
        Assert.Equal(sent, ReceivedBody("escaped-model"));
    }

    [Theory]
    [InlineData("""  "stream":true""", """  "stream":true""", ""","stream_options":{"include_usage":true}""")]
    [InlineData("""  "stream":true, "stream_options": null""", """  "stream":true, "stream_options": {"include_usage":true}""", "")]
    [InlineData("""  "stream":true, "stream_options": { }""", """  "stream":true, "stream_options": {"include_usage":true }""", "")]
    [InlineData(
        """  "stream":true, "stream_options":{"include_usage" : false}""",
        """  "stream":true, "stream_options":{"include_usage" : true}""",
        ""
    )]
    public async Task A_stream_that_does_not_ask_for_usage_gets_only_the_question_for_it_added(string members, string changed, string added)
    {
        var subscriber = await server.SubscriberAsync();
        var marker = $"not-asked-{members.GetHashCode(StringComparison.Ordinal):x}";
        var sent = Odd(marker, members: "," + members);

        await subscriber.AskAsync(sent);

        var expected = sent.Replace(members, changed, StringComparison.Ordinal);
        Assert.Equal(expected[..^1] + added + "}", ReceivedBody(marker));
    }

    [Fact]
    public async Task The_vendor_gets_its_own_name_of_the_model_and_no_other_change()
    {
        var bodies = new List<string>();
        await using var vendor = new ScriptedVendor(async call =>
        {
            bodies.Add(call.Body);
            await call.AnswerAsync(Wire.Completion("hi", Wire.Usage(5, 1)));
        });
        var model = await server.ServeAsync(vendor, upstreamModel: "vendor/their \"own\" näme:1");
        var subscriber = await server.SubscriberAsync();
        var sent = Odd("renamed", model);

        Assert.Equal(200, (await subscriber.AskAsync(sent)).Status);

        Assert.Equal(sent.Replace($"\"{model}\"", "\"vendor/their \\\"own\\\" näme:1\"", StringComparison.Ordinal), Assert.Single(bodies));
    }

    [Fact]
    public async Task A_limit_above_the_models_own_is_lowered_and_nothing_else_is_touched()
    {
        var subscriber = await server.SubscriberAsync();
        var sent = Odd("limit-lowered", members: """,  "max_tokens" :  900000 """);

        var answer = await subscriber.AskAsync(sent);

        Assert.Equal("384000", answer.Header("x-tokenline-output-limit"));
        Assert.Equal(sent.Replace("900000", "384000", StringComparison.Ordinal), ReceivedBody("limit-lowered"));
    }

    [Fact]
    public async Task The_vendor_sees_the_operators_key_and_nothing_of_the_customer()
    {
        await using var vendor = new ScriptedVendor();
        var model = await server.ServeAsync(vendor, apiKey: "sk-only-for-this-vendor");
        var subscriber = await server.SubscriberAsync();

        var asking = subscriber.AskAsync(
            Wire.Ask(model: model),
            ("Cookie", "a=b"),
            ("x-customer", "secret"),
            ("X-Forwarded-For", "10.1.2.3")
        );
        var call = await vendor.NextAsync();
        await call.AnswerAsync(Wire.Completion("hi", Wire.Usage(5, 1)));
        await asking;

        Assert.Contains("Authorization: Bearer sk-only-for-this-vendor", call.Head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(subscriber.Key, call.Head, StringComparison.Ordinal);
        foreach (var mine in (string[])["cookie", "x-customer", "forwarded"])
            Assert.DoesNotContain(mine, call.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_plain_answer_reaches_the_client_byte_for_byte()
    {
        const string body =
            "\n  { \"choices\" :[{\"message\":{\"content\":\"\\u4e2d 中 \\/\",\"x\":null},\"index\":0}],\t\"usage\":{\"completion_tokens\":2,\"prompt_tokens\":1.0e1} , \"z\":1.10 }\r\n ";
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(body, contentType: "application/json; charset=utf-8"));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor)));

        Assert.Equal(body, answer.Text);
        Assert.Equal("application/json; charset=utf-8", answer.Response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task A_stream_whose_client_asked_for_usage_arrives_byte_for_byte()
    {
        var events =
            ": hello\n\n"
            + Wire.Delta("\\u4e2d ")
            + "event: x\nid: 7\n"
            + Wire.Delta("b")
            + Wire.Finish()
            + Wire.UsageChunk(5, 2)
            + Wire.Done;
        await using var vendor = new ScriptedVendor(call => call.StreamAsync(events));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(
            Wire.Ask(model: await server.ServeAsync(vendor), stream: true, members: "\"stream_options\":{\"include_usage\":true}")
        );

        Assert.Equal(events, answer.Text);
        Assert.False(answer.IsBroken);
    }

    [Fact]
    public async Task A_stream_whose_client_did_not_ask_for_usage_lacks_the_usage_chunk_and_nothing_else()
    {
        var (before, after) = (
            ": hello\n\n" + Wire.Delta("\\u4e2d ") + "event: x\nid: 7\n" + Wire.Delta("b") + Wire.Finish(),
            ": bye\n\n" + Wire.Done
        );
        await using var vendor = new ScriptedVendor(call => call.StreamAsync(before + Wire.UsageChunk(5, 2) + after));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));

        Assert.Equal(before + after, answer.Text);
        Assert.False(answer.IsBroken);
        Assert.Equal(5 * 2 + 2 * 3, (await subscriber.RecordAsync()).Payments.Sum(payment => payment.Amount) / QuotaUnit.Micro);
    }

    [Fact]
    public async Task A_gzipped_request_is_the_same_request()
    {
        var subscriber = await server.SubscriberAsync();
        var sent = Odd("compressed-request");
        var content = new ByteArrayContent(Bodies.Gzip(Encoding.UTF8.GetBytes(sent)));
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await subscriber.PostAsync(content, RunningServer.Cancel);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(sent, ReceivedBody("compressed-request"));
    }

    [Fact]
    public async Task Every_answer_names_its_charge_its_request_and_the_model_that_answered()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask());

        Assert.Equal((await subscriber.RecordAsync()).Charge, answer.Charge);
        Assert.Equal(RunningServer.Model, answer.Header("x-tokenline-model"));
        Assert.StartsWith("req_", answer.Header("x-request-id"));
        Assert.Equal("100000000", answer.Header("x-ratelimit-limit-tokens"));
        Assert.NotNull(answer.Header("x-ratelimit-remaining-tokens"));
    }

    [Fact]
    public async Task The_list_of_models_is_that_of_the_key()
    {
        var subscriber = await server.SubscriberAsync(models: [RunningServer.Model]);

        using var response = await server.Client.SendAsync(
            RunningServer.Request($"{server.Url}/v1/models", null, subscriber.Key),
            RunningServer.Cancel
        );
        var answer = await Answer.ReadAsync(response);

        var listed = answer.Json["data"]!.AsArray();
        Assert.Equal(
            [RunningServer.Model, "auto", "auto:balance", "auto:cost", "auto:quality", "auto:energy"],
            listed.Select(model => (string?)model!["id"])
        );
        Assert.Equal(JsonValueKind.True, listed[0]!["simulated"]!.GetValueKind());
    }

    private string ReceivedBody(string marker) => Encoding.UTF8.GetString(server.Received(marker).Body.Span);
}
