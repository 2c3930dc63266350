namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>Errors in Anthropic's shape.</summary>
internal static class AnthropicError
{
    public static void Add(PooledBuffer json, Refusal refusal)
    {
        json.Add("{\"type\":\"error\",\"error\":{\"details\":null,\"type\":\""u8).AddEscaped(refusal.Type ?? TypeOf(refusal.Status));
        json.Add("\",\"message\":\""u8).AddEscaped(refusal.Message).Add("\"},\"request_id\":null}"u8);
    }

    /// <summary>At that place of the request; written as the vendor does: <c>messages.0.role: …</c>.</summary>
    public static RefusedException At(string place, string problem) => new(new Refusal($"{place}: {problem}", place));

    private static string TypeOf(int status) =>
        status switch
        {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            504 => "timeout_error",
            529 => "overloaded_error",
            < 500 => "invalid_request_error",
            _ => "api_error",
        };
}
