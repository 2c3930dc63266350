namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>What clients of other protocols call the fields that a translation has written as chat completions: a refusal is told in the client's own words.</summary>
internal static class ClientFields
{
    public static string NameOf(string field, Protocol client) =>
        (client, field) switch
        {
            (Protocol.Messages, "stop") => "stop_sequences",
            (Protocol.Messages, "user") => "metadata.user_id",
            (Protocol.Messages, "parallel_tool_calls") => "tool_choice.disable_parallel_tool_use",
            (Protocol.Messages, "response_format.json_schema") => "output_config.format",
            (Protocol.Messages, "messages[].reasoning_content") => "messages[].content[].thinking",
            (Protocol.Gemini, "stop") => "generationConfig.stopSequences",
            (Protocol.Gemini, "temperature") => "generationConfig.temperature",
            (Protocol.Gemini, "top_p") => "generationConfig.topP",
            (Protocol.Gemini, "seed") => "generationConfig.seed",
            (Protocol.Gemini, "presence_penalty") => "generationConfig.presencePenalty",
            (Protocol.Gemini, "frequency_penalty") => "generationConfig.frequencyPenalty",
            (Protocol.Gemini, "response_format.json_schema") => "generationConfig.responseSchema",
            (Protocol.Gemini, "messages[].reasoning_content") => "contents[].parts[].thought",
            (Protocol.Responses, "response_format.json_schema") => "text.format",
            (Protocol.Responses, "messages[].reasoning_content") => "input[].encrypted_content",
            _ => field,
        };
}
