using System.Collections.Frozen;
using System.Collections.Immutable;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>Where a vendor of chat completions is not as OpenAI's is. A row is found by the vendor id that it is registered under; a vendor without one has no quirks.</summary>
/// <param name="Vendor">Its id.</param>
/// <param name="Usage">What its usage means, where totals do not prove it.</param>
/// <param name="SendsUsageUnasked">Its streams end with usage anyhow, and it may refuse <c>stream_options</c>.</param>
/// <param name="ReturnsReasoning">It wants an assistant's <c>reasoning_content</c> back, at the least in turns with tool calls.</param>
/// <param name="ReasoningOff">The member that turns reasoning off; null: <c>reasoning_effort: "none"</c>.</param>
/// <param name="EffortsEndAtHigh">It may refuse efforts above high.</param>
internal sealed record VendorQuirks(
    string Vendor,
    UsageQuirks Usage = UsageQuirks.None,
    bool SendsUsageUnasked = false,
    bool ReturnsReasoning = false,
    string? ReasoningOff = null,
    bool EffortsEndAtHigh = true
)
{
    /// <summary>Fields that it answers with an error. What only some of its models refuse names them.</summary>
    public ImmutableArray<VendorRefusal> Refuses { get; init; } = [];

    private static readonly VendorModels reasoningOfOpenAI = new(
        "o1, o3, o4, gpt-5 and gpt-5.5",
        model =>
            model.StartsWith("o1", StringComparison.Ordinal)
            || model.StartsWith("o3", StringComparison.Ordinal)
            || model.StartsWith("o4", StringComparison.Ordinal)
            || model == "gpt-5"
            || model.StartsWith("gpt-5.5", StringComparison.Ordinal)
            || (model.StartsWith("gpt-5-", StringComparison.Ordinal) && !model.Contains("chat", StringComparison.Ordinal))
    );

    private static readonly VendorModels newerGrok = new(
        "grok-3-mini, grok-4 and newer",
        model =>
            model.StartsWith("grok-", StringComparison.Ordinal)
            && !model.StartsWith("grok-2", StringComparison.Ordinal)
            && (!model.StartsWith("grok-3", StringComparison.Ordinal) || model.StartsWith("grok-3-mini", StringComparison.Ordinal))
    );

    private static readonly VendorModels reasoningGrok = new(
        "grok-3-mini, grok-4 and newer that reason",
        model => newerGrok.Includes(model) && !model.Contains("non-reasoning", StringComparison.Ordinal)
    );

    private static readonly VendorModels newerKimi = new(
        "kimi-k2.5, kimi-k2.6, kimi-k3, kimi-for-coding",
        model =>
            model.StartsWith("kimi-k2.5", StringComparison.Ordinal)
            || model.StartsWith("kimi-k2.6", StringComparison.Ordinal)
            || model.StartsWith("kimi-k3", StringComparison.Ordinal)
            || model.StartsWith("kimi-for-coding", StringComparison.Ordinal)
    );

    // Of OpenAI's models wherever they are served. OpenAI's guides "Reasoning models" (guides/reasoning), limitations, and of gpt-5 and later the one of its latest model (guides/latest-model), parameter compatibility.
    private static readonly ImmutableArray<VendorRefusal> ofReasoningModels =
    [
        Drop("temperature", "it samples as it does while it reasons", reasoningOfOpenAI),
        Drop("top_p", "it samples as it does while it reasons", reasoningOfOpenAI),
        Drop("presence_penalty", "it has no penalties", reasoningOfOpenAI),
        Drop("frequency_penalty", "it has no penalties", reasoningOfOpenAI),
        Drop("logit_bias", "it does not weigh tokens", reasoningOfOpenAI),
        Refuse("logprobs", "it has no log probabilities", reasoningOfOpenAI),
        Refuse("top_logprobs", "it has no log probabilities", reasoningOfOpenAI),
    ];

    private const string Thinking = "\"thinking\":{\"type\":\"disabled\"}";

    private static readonly VendorQuirks none = new("", EffortsEndAtHigh: false);

    /// <summary>The one table. To add a vendor: a row.</summary>
    public static IReadOnlyList<VendorQuirks> All { get; } =
    [
        new("alibaba", ReasoningOff: "\"enable_thinking\":false"),
        new("azure", EffortsEndAtHigh: false) { Refuses = ofReasoningModels },
        new("azure-xai", UsageQuirks.PromptExcludesCache),
        new("baidu", ReasoningOff: "\"enable_thinking\":false"),
        new("bytedance", ReasoningOff: Thinking),
        // Cerebras Inference, "OpenAI Compatibility", as of 2025, and the guides of clients that drop them (req_llm 1.10, "Cerebras"): these end in a 400.
        new("cerebras")
        {
            Refuses =
            [
                Drop("frequency_penalty", "it has no penalties"),
                Drop("presence_penalty", "it has no penalties"),
                Drop("logit_bias", "it does not weigh tokens"),
                Drop("parallel_tool_calls", "it decides itself how many calls it makes at once"),
            ],
        },
        new("dashscope", ReasoningOff: "\"enable_thinking\":false"),
        new("deepseek", ReturnsReasoning: true, ReasoningOff: Thinking)
        {
            // DeepSeek API, "Create Chat Completion": response_format is text or json_object; anything else is "unavailable now".
            Refuses = [Refuse("response_format.json_schema", "it knows JSON without a schema only; send 'json_object'")],
        },
        // What "OpenAI compatibility" of the Gemini API does not know it refuses: "Unknown name …: Cannot find field", as clients report of each of these.
        new("google", UsageQuirks.TotalHoldsHiddenOutput)
        {
            Refuses =
            [
                Drop("seed", "its chat completions have no seed"),
                Drop("frequency_penalty", "its chat completions have no penalty of this kind"),
                Drop("store", "nothing is stored"),
                Drop("metadata", "nothing is stored"),
            ],
        },
        // Groq API, "OpenAI Compatibility", currently unsupported: these end in a 400.
        new("groq")
        {
            Refuses =
            [
                Drop("logit_bias", "it does not weigh tokens"),
                Drop("messages[].name", "its turns have no author's name"),
                Refuse("logprobs", "it has no log probabilities"),
                Refuse("top_logprobs", "it has no log probabilities"),
                Refuse("n", "it gives one answer a call"),
            ],
        },
        new("minimax", ReturnsReasoning: true),
        // Mistral AI, reference of chat completions (ChatCompletionRequest, UserMessage, AssistantMessage): none of these is a field, and what is none ends in a 422, "extra_forbidden".
        new("mistral", SendsUsageUnasked: true)
        {
            Refuses =
            [
                Drop("stream_options", "its streams end with usage anyhow"),
                Drop("user", "it takes no end user's name"),
                Drop("seed", "it has a word of its own for it"),
                Drop("store", "nothing is stored"),
                Drop("logit_bias", "it does not weigh tokens"),
                Drop("messages[].name", "its turns of users have no author's name"),
                Drop("messages[].reasoning_content", "it reads no earlier reasoning in this form"),
                Refuse("logprobs", "it has no log probabilities"),
                Refuse("top_logprobs", "it has no log probabilities"),
            ],
        },
        // Kimi API, "Models overview": K2.5 and newer take one temperature and one top_p; anything else is "invalid temperature".
        new("moonshot", ReturnsReasoning: true, ReasoningOff: Thinking)
        {
            Refuses =
            [
                Drop("temperature", "it takes its own temperature only", newerKimi),
                Drop("top_p", "it takes its own only", newerKimi),
            ],
        },
        new("openai", EffortsEndAtHigh: false) { Refuses = ofReasoningModels },
        new("openrouter", EffortsEndAtHigh: false),
        new("perplexity", UsageQuirks.ReasoningOutside, SendsUsageUnasked: true),
        new("tencent"),
        // xAI, guide "Reasoning": penalties and stop end in an error at models that reason; clients report the same of penalties at newer ones that do not.
        new("xai")
        {
            Refuses =
            [
                Drop("presence_penalty", "it has no penalties", newerGrok),
                Drop("frequency_penalty", "it has no penalties", newerGrok),
                Refuse("stop", "it takes no stop sequences while it reasons", reasoningGrok),
            ],
        },
        new("zhipu", ReturnsReasoning: true, ReasoningOff: Thinking),
    ];

    private static readonly FrozenDictionary<string, VendorQuirks> byVendor = All.ToFrozenDictionary(row => row.Vendor);

    public static VendorQuirks Of(string vendor) => byVendor.GetValueOrDefault(vendor, none);

    private static VendorRefusal Drop(string field, string why, VendorModels? of = null) => new(field, LossAction.Drop, why) { Of = of };

    private static VendorRefusal Refuse(string field, string why, VendorModels? of = null) =>
        new(field, LossAction.Refuse, why) { Of = of };
}
