namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>What only OpenAI's responses have a word for, or what the conversation has no place for: the same at every vendor of another protocol.</summary>
internal static class ResponsesLosses
{
    public static IReadOnlyList<Loss> All { get; } =
    [
        // What a client relies on.
        new("background", LossAction.Refuse, "an answer is given while the client waits"),
        new("conversation", LossAction.Refuse, "conversations in another vendor's store cannot be read"),
        new("prompt", LossAction.Refuse, "prompts in another vendor's store cannot be read"),
        new("top_logprobs", LossAction.Refuse, "log probabilities are not passed on"),
        new("input[].type=item_reference", LossAction.Refuse, "send the item itself"),
        new("input[].type=compaction", LossAction.Refuse, "only the vendor that made it can read it"),
        new("input[].content[].type", LossAction.Refuse, "it takes texts, images, sound and documents"),
        new("input[].output[].type", LossAction.Refuse, "it takes texts, images and documents"),
        new("input[].content[].file_id", LossAction.Refuse, "a file in another vendor's store cannot be read"),
        new("input[].output[].file_id", LossAction.Refuse, "a file in another vendor's store cannot be read"),
        new("tools[].type=file_search", LossAction.Refuse, "it has no store of files"),
        new("tools[].type=code_interpreter", LossAction.Refuse, "it runs no code"),
        new("tools[].type=mcp", LossAction.Refuse, "it calls no servers"),
        new("tools[].type=computer_use_preview", LossAction.Refuse, "it has no such tool"),
        new("tools[].type=computer", LossAction.Refuse, "it has no such tool"),
        new("tools[].type=local_shell", LossAction.Refuse, "it has no such tool; send a function"),
        new("tools[].type=shell", LossAction.Refuse, "it has no such tool; send a function"),
        new("tools[].type=apply_patch", LossAction.Refuse, "it has no such tool; send a function"),
        new("tool_choice.type", LossAction.Refuse, "it chooses among functions"),
        new("tool_choice.tools[].type", LossAction.Refuse, "it chooses among functions"),
        new("text.format.type", LossAction.Refuse, "its formats are text, json_object and json_schema"),
        // Hints, labels and bookkeeping.
        new("tools[].type=web_search", LossAction.Drop, "it does not search; agents send this always"),
        new("tools[].type=image_generation", LossAction.Drop, "it draws no images; agents send this always"),
        new("tools[].type=tool_search", LossAction.Drop, "all tools are there from the start"),
        new("tools[].defer_loading", LossAction.Drop, "all tools are there from the start"),
        new("input[].type=web_search_call", LossAction.Drop, "what was found is in the answer that followed"),
        new("input[].phase", LossAction.Drop, "it knows no phases"),
        new("input[].content[].annotations", LossAction.Drop, "they were told to the reader of the answer"),
        new("input[].content[].logprobs", LossAction.Drop, "they were told to the reader of the answer"),
        new("input[].content[].parsed", LossAction.Drop, "an SDK has added it; the text says the same"),
        new("input[].parsed_arguments", LossAction.Drop, "an SDK has added it; the arguments say the same"),
        new("include[]", LossAction.Drop, "it has nothing of the kind to include"),
        new("truncation", LossAction.Drop, "a conversation that is too long is refused"),
        new("context_management", LossAction.Drop, "the conversation is passed on whole"),
        new("max_tool_calls", LossAction.Drop, "it counts calls of tools that the vendor runs itself, and there are none"),
        new("client_metadata", LossAction.Drop, "it is for the vendor's own use"),
        new("prompt_cache_key", LossAction.Drop, "its cache goes by the prompt"),
        new("prompt_cache_retention", LossAction.Drop, "its cache goes by the prompt"),
        new("service_tier", LossAction.Drop, "the class that was bought is asked for in its own words"),
        new("text.verbosity", LossAction.Drop, "it has no such hint"),
    ];
}
