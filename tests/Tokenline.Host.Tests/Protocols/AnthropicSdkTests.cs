using System.Net;
using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using SdkUsage = Anthropic.Models.Messages.Usage;
using Usage = Tokenline.Units.Usage;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>
/// Anthropic's own SDK, pointed at the gateway by its address and key alone, at a vendor of its protocol and at one of chat completions. What it reports as
/// usage is, by the published weights, what the customer pays.
/// </summary>
public class AnthropicSdkTests(SharedServer server)
{
    private const string Same = "anthropic-messages";
    private const string Translated = "openai-chat";

    private static readonly Tool weather = new()
    {
        Name = "get_weather",
        Description = "The weather of a city",
        InputSchema = new InputSchema
        {
            Properties = new Dictionary<string, JsonElement>
            {
                ["city"] = JsonElement.Parse("""{"type":"string"}"""),
                ["days"] = JsonElement.Parse("""{"type":"integer"}"""),
            },
            Required = ["city", "days"],
        },
    };

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task A_plain_call_costs_exactly_its_reported_tokens_times_the_weights(string api)
    {
        var (subscriber, client, model) = await BuyAsync(api);
        var before = await subscriber.BalanceAsync();

        var answer = await client.Messages.Create(Ask(model, "Hello") with { System = "Be short." }, RunningServer.Cancel);

        Assert.StartsWith("This is the Tokenline vendor simulator", Text(answer));
        Assert.Equal(StopReason.EndTurn, answer.StopReason?.Value());
        Assert.Equal(model, answer.Model.Raw());
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task A_stream_costs_exactly_its_reported_tokens_times_the_weights(string api)
    {
        var (subscriber, client, model) = await BuyAsync(api);
        var before = await subscriber.BalanceAsync();

        var (answer, usage) = await StreamAsync(client, Ask(model, "Hello"));

        Assert.StartsWith("This is the Tokenline vendor simulator", Text(answer));
        Assert.Equal(StopReason.EndTurn, answer.StopReason?.Value());
        Assert.Equal(Cost(model, usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task The_same_call_is_the_same_text_and_cost_streamed_or_not(string api)
    {
        var (subscriber, client, model) = await BuyAsync(api);

        var plain = await client.Messages.Create(Ask(model, "How much?"), RunningServer.Cancel);
        var (streamed, _) = await StreamAsync(client, Ask(model, "How much?"));

        Assert.Equal(Text(plain), Text(streamed));
        var records = await subscriber.RecordsAsync();
        Assert.Equal(2, records.Count);
        Assert.Equal(records[0].Usage, records[1].Usage);
    }

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task A_limit_cuts_the_answer_and_says_so(string api)
    {
        var (subscriber, client, model) = await BuyAsync(api);
        var before = await subscriber.BalanceAsync();

        var answer = await client.Messages.Create(Ask(model, "Hello") with { MaxTokens = 12 }, RunningServer.Cancel);

        Assert.Equal(StopReason.MaxTokens, answer.StopReason?.Value());
        Assert.Equal(12, answer.Usage.OutputTokens);
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(Same, false)]
    [InlineData(Same, true)]
    [InlineData(Translated, false)]
    [InlineData(Translated, true)]
    public async Task A_tool_is_called_answered_and_charged_turn_by_turn(string api, bool stream)
    {
        var (subscriber, client, model) = await BuyAsync(api);
        var before = await subscriber.BalanceAsync();
        var request = Ask(model, "What is the weather in Lhasa?") with { Tools = [weather] };

        var (asked, costOfAsked) = await TurnAsync(client, request, stream);
        Assert.Equal(StopReason.ToolUse, asked.StopReason?.Value());
        var call = Assert.Single(asked.Content.Select(block => block.Value).OfType<ToolUseBlock>());
        Assert.Equal("get_weather", call.Name);
        Assert.Equal(JsonValueKind.String, call.Input["city"].ValueKind);
        Assert.Equal(JsonValueKind.Number, call.Input["days"].ValueKind);
        var (answered, costOfAnswered) = await TurnAsync(
            client,
            request with
            {
                Messages =
                [
                    .. request.Messages,
                    Again(asked),
                    new UserMessageParam(new List<ContentBlockParam> { new ToolResultBlockParam(call.ID) { Content = "sunny" } }),
                ],
            },
            stream
        );

        Assert.Contains("sunny", Text(answered), StringComparison.Ordinal);
        Assert.Equal(costOfAsked + costOfAnswered, before - await subscriber.BalanceAsync());
        Assert.Equal(2, (await subscriber.RecordsAsync()).Count);
    }

    [Theory]
    [InlineData(Same, false)]
    [InlineData(Same, true)]
    [InlineData(Translated, false)]
    [InlineData(Translated, true)]
    public async Task Thinking_comes_with_a_signature_that_returns_with_the_next_turn(string api, bool stream)
    {
        var (subscriber, client, model) = await BuyAsync(api);
        var before = await subscriber.BalanceAsync();
        var request = Ask(model, "What is the weather in Lhasa?") with
        {
            MaxTokens = 4000,
            Thinking = new ThinkingConfigEnabled(2000),
            Tools = [weather],
        };

        var (asked, costOfAsked) = await TurnAsync(client, request, stream);
        var thought = Assert.Single(asked.Content.Select(block => block.Value).OfType<ThinkingBlock>());
        Assert.NotEmpty(thought.Thinking);
        Assert.NotNull(thought.Signature);
        var call = Assert.Single(asked.Content.Select(block => block.Value).OfType<ToolUseBlock>());
        Assert.Equal(JsonValueKind.String, call.Input["city"].ValueKind);
        var (answered, costOfAnswered) = await TurnAsync(
            client,
            request with
            {
                Messages =
                [
                    .. request.Messages,
                    Again(asked),
                    new UserMessageParam(new List<ContentBlockParam> { new ToolResultBlockParam(call.ID) { Content = "sunny" } }),
                ],
            },
            stream
        );

        // The simulator refuses a signature that is not its own, byte for byte.
        Assert.Contains("sunny", Text(answered), StringComparison.Ordinal);
        Assert.Equal(costOfAsked + costOfAnswered, before - await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task What_was_written_to_the_cache_and_read_from_it_pays_its_own_weights()
    {
        var (subscriber, client, model) = await BuyAsync(Same);
        var request = Ask(model, "Hello") with { System = LongPrompt(new CacheControlEphemeral()) };

        var before = await subscriber.BalanceAsync();
        var first = await client.Messages.Create(request, RunningServer.Cancel);
        var between = await subscriber.BalanceAsync();
        var second = await client.Messages.Create(request, RunningServer.Cancel);
        var after = await subscriber.BalanceAsync();

        Assert.True(first.Usage.CacheCreationInputTokens > 1024);
        Assert.Equal(first.Usage.CacheCreationInputTokens, second.Usage.CacheReadInputTokens);
        Assert.Equal(Cost(model, first.Usage), before - between);
        Assert.Equal(Cost(model, second.Usage), between - after);
        Assert.True(between - after < before - between);
    }

    [Fact]
    public async Task What_is_kept_for_an_hour_is_dearer_and_a_stream_says_so_too()
    {
        var (subscriber, client, model) = await BuyAsync(Same);
        var request = Ask(model, "Hello") with { System = LongPrompt(new CacheControlEphemeral { Ttl = Ttl.Ttl1h }) };

        var before = await subscriber.BalanceAsync();
        var (_, usage) = await StreamAsync(client, request);
        var paid = before - await subscriber.BalanceAsync();

        Assert.True(usage[Meter.CacheWrite1h] > 1024);
        Assert.Equal(Cost(model, usage), paid);
    }

    [Fact]
    public async Task A_vendor_that_caches_unasked_takes_no_marks_and_its_cached_input_is_told_as_read()
    {
        var (subscriber, client, model) = await BuyAsync(Translated);
        var before = await subscriber.BalanceAsync();

        var answer = await client.Messages.Create(
            Ask(model, "Hello") with
            {
                System = LongPrompt(new CacheControlEphemeral()),
            },
            RunningServer.Cancel
        );

        Assert.True(answer.Usage.CacheReadInputTokens > 0);
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task A_bad_key_is_an_authentication_error(string api)
    {
        var (_, _, model) = await BuyAsync(api);

        var refused = await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() =>
            Client("tl-nobody").Messages.Create(Ask(model, "Hello"), RunningServer.Cancel)
        );

        Assert.Equal("authentication_error", refused.Type?.Raw());
        Assert.Contains("valid key", refused.ApiMessage, StringComparison.Ordinal);
        Assert.StartsWith("req_", refused.RequestID);
    }

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task An_empty_account_is_told_so_once_and_the_sdk_does_not_retry(string api)
    {
        var (_, _, model) = await BuyAsync(api);
        var poor = await server.SubscriberAsync(tokens: 0);
        var marker = $"poor-{api}-{poor.Account}";

        var refused = await Assert.ThrowsAsync<AnthropicPaymentRequiredException>(() =>
            Client(poor.Key).Messages.Create(Ask(model, marker), RunningServer.Cancel)
        );

        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        Assert.Equal("billing_error", refused.Type?.Raw());
        Assert.Contains("insufficient_quota", refused.ResponseBody, StringComparison.Ordinal);
        server.AssertNotReceived(marker);
    }

    [Fact]
    public async Task An_unknown_model_is_not_found_and_the_nearest_are_named()
    {
        var subscriber = await server.SubscriberAsync();

        var refused = await Assert.ThrowsAsync<AnthropicNotFoundException>(() =>
            Client(subscriber.Key).Messages.Create(Ask("deepseek-v4-flush", "Hello"), RunningServer.Cancel)
        );

        Assert.Equal("not_found_error", refused.Type?.Raw());
        Assert.Contains(RunningServer.Model, refused.ApiMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task A_busy_vendor_is_an_overloaded_error_and_costs_nothing_however_often_the_sdk_tries(string api)
    {
        var (subscriber, client, model) = await BuyAsync(api);

        var refused = await Assert.ThrowsAnyAsync<AnthropicApiException>(() =>
            client.Messages.Create(Ask(model, "Hello [[simulate: fault=status:503]]"), RunningServer.Cancel)
        );

        Assert.Equal("overloaded_error", refused.Type?.Raw());
        Assert.Empty(await subscriber.RecordsAsync());
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(Same)]
    [InlineData(Translated)]
    public async Task A_stream_that_is_cut_is_an_error_and_pays_for_what_was_delivered(string api)
    {
        var (subscriber, client, model) = await BuyAsync(api);
        var before = await subscriber.BalanceAsync();
        var text = "";

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            var events = client.Messages.CreateStreaming(
                Ask(model, "Hello [[simulate: fault=cut-after:9; tokens=40]]"),
                RunningServer.Cancel
            );
            await foreach (var next in events)
            {
                if (next.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var more))
                    text += more.Text;
            }
        });

        Assert.StartsWith("This is", text);
        Assert.Equal(Cost(model, (await subscriber.RecordInTimeAsync()).Usage), before - await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task The_models_of_the_catalogue_are_listed_and_shown()
    {
        var (_, client, model) = await BuyAsync(Same);

        var page = await client.Models.List(cancellationToken: RunningServer.Cancel);
        var one = await client.Models.Retrieve(model, cancellationToken: RunningServer.Cancel);

        Assert.Contains(page.Items, item => item.ID == RunningServer.Model);
        Assert.Contains(page.Items, item => item.ID == model);
        Assert.False(page.HasNext());
        Assert.Equal(model, one.ID);
    }

    private async Task<(Subscriber, AnthropicClient, string Model)> BuyAsync(string api)
    {
        var model = await server.SimulatedModelAsync(api);
        var subscriber = await server.SubscriberAsync();
        return (subscriber, Client(subscriber.Key), model);
    }

    private AnthropicClient Client(string key) => new(new ClientOptions { BaseUrl = server.Url, ApiKey = key });

    private static MessageCreateParams Ask(string model, string text) =>
        new()
        {
            Model = model,
            MaxTokens = 1000,
            Messages = [new UserMessageParam(text)],
        };

    private static List<TextBlockParam> LongPrompt(CacheControlEphemeral mark) =>
        [new TextBlockParam($"{Guid.NewGuid()} {string.Join(' ', Enumerable.Repeat("many words", 800))}") { CacheControl = mark }];

    private async Task<(Message Answer, long Cost)> TurnAsync(AnthropicClient client, MessageCreateParams request, bool stream)
    {
        if (!stream)
        {
            var whole = await client.Messages.Create(request, RunningServer.Cancel);
            return (whole, Cost(request.Model.Raw(), whole.Usage));
        }
        var (answer, usage) = await StreamAsync(client, request);
        return (answer, Cost(request.Model.Raw(), usage));
    }

    /// <summary>The message that the SDK makes of a stream, and its usage: of each count the last that was told.</summary>
    private static async Task<(Message, Usage)> StreamAsync(AnthropicClient client, MessageCreateParams request)
    {
        var events = new List<RawMessageStreamEvent>();
        SdkUsage? told = null;
        await foreach (var next in client.Messages.CreateStreaming(request, RunningServer.Cancel))
        {
            events.Add(next);
            if (next.TryPickStart(out var start))
                told = start.Message.Usage;
            else if (next.TryPickDelta(out var end))
            {
                told = told! with
                {
                    InputTokens = end.Usage.InputTokens ?? told.InputTokens,
                    OutputTokens = end.Usage.OutputTokens,
                    CacheReadInputTokens = end.Usage.CacheReadInputTokens ?? told.CacheReadInputTokens,
                    CacheCreationInputTokens = end.Usage.CacheCreationInputTokens ?? told.CacheCreationInputTokens,
                };
            }
        }
        return (await events.ToAsyncEnumerable().Aggregate(), Meters(told!));
    }

    /// <summary>An answer as the next request says it again.</summary>
    private static AssistantMessageParam Again(Message answer) =>
        new(
            answer
                .Content.Select(block =>
                    block.Match<ContentBlockParam>(
                        text => new TextBlockParam(text.Text),
                        thinking => new ThinkingBlockParam { Thinking = thinking.Thinking, Signature = thinking.Signature },
                        redacted => new RedactedThinkingBlockParam(redacted.Data),
                        tool => new ToolUseBlockParam
                        {
                            ID = tool.ID,
                            Name = tool.Name,
                            Input = tool.Input,
                        },
                        _ => throw new NotSupportedException(),
                        _ => throw new NotSupportedException(),
                        _ => throw new NotSupportedException(),
                        _ => throw new NotSupportedException(),
                        _ => throw new NotSupportedException(),
                        _ => throw new NotSupportedException(),
                        _ => throw new NotSupportedException(),
                        _ => throw new NotSupportedException()
                    )
                )
                .ToList()
        );

    private static string Text(Message answer) =>
        string.Concat(answer.Content.Select(block => block.Value).OfType<TextBlock>().Select(block => block.Text));

    private long Cost(string model, SdkUsage usage) => Cost(model, Meters(usage));

    private long Cost(string model, Usage usage) => server.WholeCost(model, usage);

    private static Usage Meters(SdkUsage usage) =>
        new()
        {
            [Meter.Input] = usage.InputTokens,
            [Meter.CachedInput] = usage.CacheReadInputTokens ?? 0,
            [Meter.CacheWrite5m] = (usage.CacheCreationInputTokens ?? 0) - (usage.CacheCreation?.Ephemeral1hInputTokens ?? 0),
            [Meter.CacheWrite1h] = usage.CacheCreation?.Ephemeral1hInputTokens ?? 0,
            [Meter.Output] = usage.OutputTokens,
        };
}
