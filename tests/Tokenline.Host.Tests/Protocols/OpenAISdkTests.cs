#pragma warning disable OPENAI001 // the SDK calls its responses client an evaluation; customers use it all the same
using System.ClientModel;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>
/// The official OpenAI SDK at vendors that speak something else than its client does: its chat client at Anthropic's and Google's protocols, its responses
/// client at three. What it reports as usage is, by the published weights, what the customer pays.
/// </summary>
public class OpenAISdkTests(SharedServer server)
{
    private const string Schema =
        """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}""";

    private static readonly ChatTool weather = ChatTool.CreateFunctionTool(
        "get_weather",
        "The weather of a city",
        BinaryData.FromString(Schema)
    );

    public static TheoryData<string> ChatVendors => ["anthropic-messages", "gemini"];

    public static TheoryData<string> ResponsesVendors => ["openai-responses", "openai-chat", "anthropic-messages", "gemini"];

    [Theory]
    [MemberData(nameof(ChatVendors))]
    public async Task A_chat_costs_exactly_its_reported_tokens_times_the_weights(string api)
    {
        var (subscriber, client, model) = await ChatAsync(api);
        var before = await subscriber.BalanceAsync();

        ChatCompletion answer = await client.CompleteChatAsync(
            [new SystemChatMessage("Be short."), new UserChatMessage("Hello")],
            null,
            RunningServer.Cancel
        );

        Assert.StartsWith("This is the Tokenline vendor simulator", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(model, answer.Model);
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [MemberData(nameof(ChatVendors))]
    public async Task A_streamed_chat_costs_exactly_its_reported_tokens_times_the_weights(string api)
    {
        var (subscriber, client, model) = await ChatAsync(api);
        var before = await subscriber.BalanceAsync();
        var text = "";
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;

        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("Hello")], null, RunningServer.Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            reason ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.StartsWith("This is the Tokenline vendor simulator", text);
        Assert.Equal(ChatFinishReason.Stop, reason);
        Assert.Equal(Cost(model, usage!), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [MemberData(nameof(ChatVendors))]
    public async Task A_chat_calls_a_tool_and_is_charged_turn_by_turn(string api)
    {
        var (subscriber, client, model) = await ChatAsync(api);
        var before = await subscriber.BalanceAsync();
        var options = new ChatCompletionOptions { Tools = { weather } };
        var conversation = new List<ChatMessage> { new UserChatMessage("What is the weather in Lhasa?") };

        ChatCompletion asked = await client.CompleteChatAsync(conversation, options, RunningServer.Cancel);
        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        var call = Assert.Single(asked.ToolCalls);
        Assert.Equal("get_weather", call.FunctionName);
        AssertFits(call.FunctionArguments);
        conversation.Add(new AssistantChatMessage(asked));
        conversation.Add(new ToolChatMessage(call.Id, "sunny"));
        ChatCompletion answered = await client.CompleteChatAsync(conversation, options, RunningServer.Cancel);

        Assert.Contains("sunny", answered.Content[0].Text, StringComparison.Ordinal);
        Assert.Equal(Cost(model, asked.Usage) + Cost(model, answered.Usage), before - await subscriber.BalanceAsync());
        Assert.Equal(2, (await subscriber.RecordsAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(ChatVendors))]
    public async Task A_tool_call_in_a_streamed_chat_arrives_whole_and_is_charged(string api)
    {
        var (subscriber, client, model) = await ChatAsync(api);
        var before = await subscriber.BalanceAsync();
        var options = new ChatCompletionOptions { Tools = { weather } };
        string? name = null;
        var arguments = "";
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;

        var updates = client.CompleteChatStreamingAsync(
            [new UserChatMessage("What is the weather in Lhasa?")],
            options,
            RunningServer.Cancel
        );
        await foreach (var update in updates)
        {
            foreach (var part in update.ToolCallUpdates)
            {
                name ??= part.FunctionName;
                arguments += part.FunctionArgumentsUpdate?.ToString();
            }
            reason ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal("get_weather", name);
        Assert.Equal(ChatFinishReason.ToolCalls, reason);
        AssertFits(BinaryData.FromString(arguments));
        Assert.Equal(Cost(model, usage!), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [MemberData(nameof(ChatVendors))]
    public async Task A_chat_whose_answer_has_a_schema_keeps_to_it(string api)
    {
        var (subscriber, client, model) = await ChatAsync(api);
        var before = await subscriber.BalanceAsync();
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("trip", BinaryData.FromString(Schema), jsonSchemaIsStrict: true),
        };

        ChatCompletion answer = await client.CompleteChatAsync([new UserChatMessage("Invent a trip.")], options, RunningServer.Cancel);

        AssertFits(BinaryData.FromString(answer.Content[0].Text));
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [MemberData(nameof(ResponsesVendors))]
    public async Task A_response_costs_exactly_its_reported_tokens_times_the_weights(string api)
    {
        var (subscriber, client, model) = await ResponsesAsync(api);
        var before = await subscriber.BalanceAsync();

        ResponseResult answer = await client.CreateResponseAsync(
            new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Hello")]) { Instructions = "Be short." },
            RunningServer.Cancel
        );

        Assert.StartsWith("This is the Tokenline vendor simulator", answer.GetOutputText());
        Assert.Equal(ResponseStatus.Completed, answer.Status);
        Assert.Equal(model, answer.Model);
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [MemberData(nameof(ResponsesVendors))]
    public async Task A_streamed_response_is_the_same_text_in_its_pieces_and_its_end_and_is_charged(string api)
    {
        var (subscriber, client, model) = await ResponsesAsync(api);
        var before = await subscriber.BalanceAsync();

        var (text, answer) = await StreamAsync(client, Ask(model, "Hello"));

        Assert.StartsWith("This is the Tokenline vendor simulator", text);
        Assert.Equal(text, answer.GetOutputText());
        Assert.Equal(ResponseStatus.Completed, answer.Status);
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [MemberData(nameof(ResponsesVendors))]
    public async Task A_response_cut_at_the_limit_is_incomplete_and_says_why(string api)
    {
        var (subscriber, client, model) = await ResponsesAsync(api);
        var before = await subscriber.BalanceAsync();
        var options = Ask(model, "Hello");
        options.MaxOutputTokenCount = 16;

        ResponseResult answer = await client.CreateResponseAsync(options, RunningServer.Cancel);

        Assert.Equal(ResponseStatus.Incomplete, answer.Status);
        Assert.Equal(ResponseIncompleteStatusReason.MaxOutputTokens, answer.IncompleteStatusDetails.Reason);
        Assert.Equal(16, answer.Usage.OutputTokenCount);
        Assert.Equal(Cost(model, answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Theory]
    [MemberData(nameof(ResponsesVendors))]
    public async Task A_response_calls_a_tool_and_is_charged_turn_by_turn(string api)
    {
        var (subscriber, client, model) = await ResponsesAsync(api);
        var before = await subscriber.BalanceAsync();
        var first = Ask(model, "What is the weather in Lhasa?");

        ResponseResult asked = await client.CreateResponseAsync(first, RunningServer.Cancel);
        var call = Assert.Single(asked.OutputItems.OfType<FunctionCallResponseItem>());
        Assert.Equal("get_weather", call.FunctionName);
        AssertFits(call.FunctionArguments);
        var second = Ask(model, "What is the weather in Lhasa?");
        foreach (var item in asked.OutputItems)
            second.InputItems.Add(item);
        second.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "sunny"));
        ResponseResult answered = await client.CreateResponseAsync(second, RunningServer.Cancel);

        Assert.Contains("sunny", answered.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(Cost(model, asked.Usage) + Cost(model, answered.Usage), before - await subscriber.BalanceAsync());
        Assert.Equal(2, (await subscriber.RecordsAsync()).Count);

        static CreateResponseOptions Ask(string model, string text)
        {
            var options = OpenAISdkTests.Ask(model, text);
            options.Tools.Add(ResponseTool.CreateFunctionTool("get_weather", BinaryData.FromString(Schema), true, "The weather of a city"));
            return options;
        }
    }

    [Theory]
    [MemberData(nameof(ResponsesVendors))]
    public async Task A_response_carries_its_reasoning_sealed_and_takes_it_back(string api)
    {
        var (subscriber, client, model) = await ResponsesAsync(api);
        var before = await subscriber.BalanceAsync();
        var first = Ask(model, "What is the weather in Lhasa?");

        var (_, asked) = await StreamAsync(client, first);
        var thought = Assert.Single(asked.OutputItems.OfType<ReasoningResponseItem>());
        Assert.NotEmpty(thought.EncryptedContent);
        var call = Assert.Single(asked.OutputItems.OfType<FunctionCallResponseItem>());
        AssertFits(call.FunctionArguments);
        var second = Ask(model, "What is the weather in Lhasa?");
        foreach (var item in asked.OutputItems)
            second.InputItems.Add(item);
        second.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "sunny"));
        var (text, answered) = await StreamAsync(client, second);

        Assert.Contains("sunny", text, StringComparison.Ordinal);
        Assert.Equal(Cost(model, asked.Usage) + Cost(model, answered.Usage), before - await subscriber.BalanceAsync());

        static CreateResponseOptions Ask(string model, string text)
        {
            var options = OpenAISdkTests.Ask(model, text);
            options.MaxOutputTokenCount = 8000;
            options.StoredOutputEnabled = false;
            options.IncludedProperties.Add(IncludedResponseProperty.ReasoningEncryptedContent);
            options.ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low };
            options.Tools.Add(ResponseTool.CreateFunctionTool("get_weather", BinaryData.FromString(Schema), true, "The weather of a city"));
            return options;
        }
    }

    [Theory]
    [MemberData(nameof(ResponsesVendors))]
    public async Task A_response_for_an_empty_account_is_refused(string api)
    {
        var model = await server.SimulatedModelAsync(api);
        var poor = await server.SubscriberAsync(tokens: 0);

        var refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            Responses(poor.Key).CreateResponseAsync(Ask(model, "Hello"), RunningServer.Cancel)
        );

        Assert.Equal(402, refused.Status);
        Assert.Contains("insufficient_quota", refused.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
    }

    private async Task<(Subscriber, ChatClient, string Model)> ChatAsync(string api)
    {
        var model = await server.SimulatedModelAsync(api);
        var subscriber = await server.SubscriberAsync();
        var options = new OpenAIClientOptions { Endpoint = new Uri($"{server.Url}/v1") };
        return (subscriber, new ChatClient(model, new ApiKeyCredential(subscriber.Key), options), model);
    }

    private async Task<(Subscriber, ResponsesClient, string Model)> ResponsesAsync(string api)
    {
        var model = await server.SimulatedModelAsync(api);
        var subscriber = await server.SubscriberAsync();
        return (subscriber, Responses(subscriber.Key), model);
    }

    private ResponsesClient Responses(string key) =>
        new(new ApiKeyCredential(key), new ResponsesClientOptions { Endpoint = new Uri($"{server.Url}/v1") });

    private static CreateResponseOptions Ask(string model, string text) => new(model, [ResponseItem.CreateUserMessageItem(text)]);

    private static async Task<(string Text, ResponseResult Answer)> StreamAsync(ResponsesClient client, CreateResponseOptions options)
    {
        var text = "";
        ResponseResult? answer = null;
        options.StreamingEnabled = true;
        var updates = await client.CreateResponseStreamingAsync(options, RunningServer.Cancel);
        await foreach (var update in updates)
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta)
                text += delta.Delta;
            else if (update is StreamingResponseCompletedUpdate completed)
                answer = completed.Response;
        }
        Assert.NotNull(answer);
        return (text, answer);
    }

    private static void AssertFits(BinaryData arguments)
    {
        var read = JsonDocument.Parse(arguments).RootElement;
        Assert.Equal(JsonValueKind.String, read.GetProperty("city").ValueKind);
        Assert.Equal(JsonValueKind.Number, read.GetProperty("days").ValueKind);
    }

    private long Cost(string model, ChatTokenUsage usage)
    {
        var cached = usage.InputTokenDetails?.CachedTokenCount ?? 0;
        return server.Cost(model, usage.InputTokenCount - cached, usage.OutputTokenCount, cached);
    }

    private long Cost(string model, ResponseTokenUsage usage)
    {
        var cached = usage.InputTokenDetails?.CachedTokenCount ?? 0;
        return server.Cost(model, usage.InputTokenCount - cached, usage.OutputTokenCount, cached);
    }
}
