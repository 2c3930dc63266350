namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>Errors in Google's shape.</summary>
internal static class GeminiError
{
    public static void Add(PooledBuffer json, Refusal refusal)
    {
        json.Add("{\"error\":{\"code\":"u8).Add(refusal.Status).Add(",\"message\":\""u8).AddEscaped(refusal.Message);
        json.Add("\",\"status\":\""u8).AddEscaped(refusal.Type ?? StatusOf(refusal.Status)).Add("\""u8);
        if (refusal.Status == 429)
            json.Add(",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"1s\"}]"u8);
        else if (refusal.Param is { } field)
        {
            json.Add(",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[{\"field\":\""u8);
            json.AddEscaped(field).Add("\",\"description\":\""u8).AddEscaped(refusal.Message).Add("\"}]}]"u8);
        }
        json.Add("}}"u8);
    }

    /// <summary>At that field of the request, named as the vendor names it: <c>contents[0].parts</c>.</summary>
    public static RefusedException At(string field, string problem) =>
        new(new Refusal($"* GenerateContentRequest.{field}: {problem}", field));

    public static RefusedException Invalid(string message) => new(new Refusal(message));

    private static string StatusOf(int status) =>
        status switch
        {
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            409 => "ABORTED",
            429 => "RESOURCE_EXHAUSTED",
            499 => "CANCELLED",
            501 => "UNIMPLEMENTED",
            503 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            < 500 => "INVALID_ARGUMENT",
            _ => "INTERNAL",
        };
}
