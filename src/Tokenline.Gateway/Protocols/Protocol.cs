namespace Tokenline.Gateway.Protocols;

/// <summary>A protocol in which generations are asked for and answered.</summary>
internal enum Protocol
{
    /// <summary>OpenAI chat completions, and the many vendors that speak it.</summary>
    Chat,

    /// <summary>OpenAI responses.</summary>
    Responses,

    /// <summary>Anthropic messages.</summary>
    Messages,

    /// <summary>Gemini's <c>generateContent</c>.</summary>
    Gemini,
}
