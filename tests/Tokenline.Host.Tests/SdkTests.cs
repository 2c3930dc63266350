using System.ClientModel;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;

namespace Tokenline.Host.Tests;

/// <summary>The official OpenAI SDK, pointed at the gateway by its address and key alone. What it reports as usage is, by the published weights, what the customer pays.</summary>
public class SdkTests(SharedServer server)
{
    private static readonly ChatTool weather = ChatTool.CreateFunctionTool(
        "get_weather",
        "The weather of a city",
        BinaryData.FromString(
            """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"]}"""
        )
    );

    [Fact]
    public async Task A_plain_call_costs_exactly_its_reported_tokens_times_the_weights()
    {
        var (subscriber, client) = await ClientAsync();
        var before = await subscriber.BalanceAsync();

        ChatCompletion answer = await client.CompleteChatAsync(
            [new SystemChatMessage("Be short."), new UserChatMessage("Hello")],
            null,
            RunningServer.Cancel
        );

        Assert.StartsWith("This is the Tokenline vendor simulator", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(Cost(answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_long_prompt_pays_its_cached_part_at_the_weight_of_cached_input()
    {
        var (subscriber, client) = await ClientAsync();
        var before = await subscriber.BalanceAsync();

        ChatCompletion answer = await client.CompleteChatAsync(
            [new UserChatMessage(string.Join(' ', Enumerable.Repeat("many words", 800)))],
            null,
            RunningServer.Cancel
        );

        Assert.True(answer.Usage.InputTokenDetails.CachedTokenCount > 0);
        Assert.Equal(Cost(answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_stream_costs_exactly_its_reported_tokens_times_the_weights()
    {
        var (subscriber, client) = await ClientAsync();
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
        Assert.Equal(Cost(usage!), before - await subscriber.BalanceAsync());
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "31")]
    public async Task The_same_call_costs_the_same_streamed_or_not()
    {
        var (plain, plainClient) = await ClientAsync();
        var (streamed, streamedClient) = await ClientAsync();

        await plainClient.CompleteChatAsync([new UserChatMessage("How much?")], null, RunningServer.Cancel);
        await foreach (var _ in streamedClient.CompleteChatStreamingAsync([new UserChatMessage("How much?")], null, RunningServer.Cancel))
        { }

        Assert.True(await plain.BalanceAsync() < RunningServer.RichTokens * QuotaUnit.Micro);
        Assert.Equal(await plain.BalanceAsync(), await streamed.BalanceAsync());
    }

    [Fact]
    public async Task A_tool_is_called_answered_and_charged_turn_by_turn()
    {
        var (subscriber, client) = await ClientAsync();
        var before = await subscriber.BalanceAsync();
        var options = new ChatCompletionOptions { Tools = { weather } };
        var conversation = new List<ChatMessage> { new UserChatMessage("What is the weather in Lhasa?") };

        ChatCompletion asked = await client.CompleteChatAsync(conversation, options, RunningServer.Cancel);
        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        var call = Assert.Single(asked.ToolCalls);
        Assert.Equal("get_weather", call.FunctionName);
        Assert.True(JsonDocument.Parse(call.FunctionArguments).RootElement.TryGetProperty("city", out _));
        conversation.Add(new AssistantChatMessage(asked));
        conversation.Add(new ToolChatMessage(call.Id, "sunny"));
        ChatCompletion answered = await client.CompleteChatAsync(conversation, options, RunningServer.Cancel);

        Assert.Contains("sunny", answered.Content[0].Text);
        Assert.Equal(Cost(asked.Usage) + Cost(answered.Usage), before - await subscriber.BalanceAsync());
        Assert.Equal(2, (await subscriber.RecordsAsync()).Count);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "27")]
    public async Task A_tool_call_in_a_stream_arrives_whole_and_is_charged()
    {
        var (subscriber, client) = await ClientAsync();
        var before = await subscriber.BalanceAsync();
        var options = new ChatCompletionOptions { Tools = { weather } };
        string? name = null;
        var arguments = "";
        ChatTokenUsage? usage = null;

        await foreach (
            var update in client.CompleteChatStreamingAsync(
                [new UserChatMessage("What is the weather in Lhasa?")],
                options,
                RunningServer.Cancel
            )
        )
        {
            foreach (var part in update.ToolCallUpdates)
            {
                name ??= part.FunctionName;
                arguments += part.FunctionArgumentsUpdate?.ToString();
            }
            usage ??= update.Usage;
        }

        Assert.Equal("get_weather", name);
        Assert.True(JsonDocument.Parse(arguments).RootElement.TryGetProperty("days", out _));
        Assert.Equal(Cost(usage!), before - await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task Structured_output_fits_its_schema_and_is_charged()
    {
        var (subscriber, client) = await ClientAsync();
        var before = await subscriber.BalanceAsync();
        var schema = BinaryData.FromString(
            """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}"""
        );
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("person", schema, jsonSchemaIsStrict: true),
        };

        ChatCompletion answer = await client.CompleteChatAsync([new UserChatMessage("Invent a person.")], options, RunningServer.Cancel);

        var person = JsonDocument.Parse(answer.Content[0].Text).RootElement;
        Assert.Equal(JsonValueKind.String, person.GetProperty("name").ValueKind);
        Assert.Equal(JsonValueKind.Number, person.GetProperty("age").ValueKind);
        Assert.Equal(Cost(answer.Usage), before - await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task An_empty_account_is_told_so_once_and_the_sdk_does_not_retry()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        var marker = $"poor-{subscriber.Account}";

        var refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            Client(subscriber.Key).CompleteChatAsync([new UserChatMessage(marker)], null, RunningServer.Cancel)
        );

        Assert.Equal(402, refused.Status);
        Assert.Contains("insufficient_quota", refused.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
        server.AssertNotReceived(marker);
    }

    private async Task<(Subscriber, ChatClient)> ClientAsync()
    {
        var subscriber = await server.SubscriberAsync();
        return (subscriber, Client(subscriber.Key));
    }

    private ChatClient Client(string key) =>
        new(RunningServer.Model, new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri($"{server.Url}/v1") });

    private long Cost(ChatTokenUsage usage)
    {
        var cached = usage.InputTokenDetails?.CachedTokenCount ?? 0;
        return server.Cost(RunningServer.Model, usage.InputTokenCount - cached, usage.OutputTokenCount, cached);
    }
}
