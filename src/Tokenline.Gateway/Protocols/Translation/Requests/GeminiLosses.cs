namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>What only Gemini has a word for, or what the conversation has no place for: the same at every vendor of another protocol.</summary>
internal static class GeminiLosses
{
    public static IReadOnlyList<Loss> All { get; } =
    [
        // What a client relies on.
        new("cachedContent", LossAction.Refuse, "what is kept in another vendor's cache cannot be read"),
        new("tools[].googleSearch", LossAction.Refuse, "it does not search"),
        new("tools[].googleSearchRetrieval", LossAction.Refuse, "it does not search"),
        new("tools[].urlContext", LossAction.Refuse, "it fetches nothing"),
        new("tools[].codeExecution", LossAction.Refuse, "it runs no code"),
        new("tools[].fileSearch", LossAction.Refuse, "it has no store of files"),
        new("tools[].computerUse", LossAction.Refuse, "it has no such tool"),
        new("tools[].googleMaps", LossAction.Refuse, "it has no maps"),
        new("contents[].parts[].inlineData", LossAction.Refuse, "it takes texts, images, sound and documents"),
        new("contents[].parts[].fileData", LossAction.Refuse, "a file in another vendor's store, or a film, cannot be read"),
        new("contents[].parts[].executableCode", LossAction.Refuse, "it runs no code"),
        new("contents[].parts[].codeExecutionResult", LossAction.Refuse, "it runs no code"),
        new("contents[].parts[].videoMetadata", LossAction.Refuse, "it takes no film"),
        new("generationConfig.candidateCount", LossAction.Refuse, "it is asked for one answer a call"),
        new("generationConfig.responseLogprobs", LossAction.Refuse, "log probabilities are not passed on"),
        new("generationConfig.logprobs", LossAction.Refuse, "log probabilities are not passed on"),
        new("generationConfig.responseModalities", LossAction.Refuse, "it answers in text only"),
        new("generationConfig.responseMimeType", LossAction.Refuse, "it answers in text or JSON"),
        new("generationConfig.speechConfig", LossAction.Refuse, "it answers in text only"),
        new("generationConfig.imageConfig", LossAction.Refuse, "it answers in text only"),
        // Hints, labels and bookkeeping.
        new("safetySettings", LossAction.Drop, "the vendor's own filters hold"),
        new("labels", LossAction.Drop, "nothing is stored"),
        new("store", LossAction.Drop, "nothing is stored"),
        new("serviceTier", LossAction.Drop, "the class that was bought is asked for in its own words"),
        new("toolConfig.retrievalConfig", LossAction.Drop, "it looks nothing up"),
        new("toolConfig.includeServerSideToolInvocations", LossAction.Drop, "the vendor runs no tools"),
        new("toolConfig.functionCallingConfig.streamFunctionCallArguments", LossAction.Drop, "calls come whole"),
        new("generationConfig.mediaResolution", LossAction.Drop, "it sees images as they are"),
        new("generationConfig.audioTimestamp", LossAction.Drop, "it has no such setting"),
        new("generationConfig.enableEnhancedCivicAnswers", LossAction.Drop, "it has no such setting"),
        new("tools[].functionDeclarations[].response", LossAction.Drop, "it takes the arguments' schema alone"),
        new("tools[].functionDeclarations[].responseJsonSchema", LossAction.Drop, "it takes the arguments' schema alone"),
        new("tools[].functionDeclarations[].behavior", LossAction.Drop, "it waits for every result"),
        new("contents[].parts[].functionResponse.willContinue", LossAction.Drop, "it waits for every result"),
        new("contents[].parts[].functionResponse.scheduling", LossAction.Drop, "it waits for every result"),
        new("contents[].parts[].mediaResolution", LossAction.Drop, "it sees images as they are"),
        new("contents[].parts[].partMetadata", LossAction.Drop, "it is for the client's own use"),
    ];
}
