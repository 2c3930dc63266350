namespace Tokenline.Simulators.Vendors;

/// <summary>Why there is an error and no answer. Each protocol finds its own type and code for the status where none is given.</summary>
internal sealed record Refusal(string Message, string? Param = null, int Status = 400, string? Type = null, string? Code = null)
{
    public static readonly Refusal NotJson = new("We could not parse the JSON body of your request.");

    /// <summary>A fault that was ordered, and no mistake of the caller.</summary>
    public bool Ordered { get; init; }

    public static Refusal Told(int status) => new($"The simulator was told to answer {status}.", Status: status) { Ordered = true };

    public static Refusal Failure(string message) => new(message, Status: 500) { Ordered = true };
}

/// <summary>Thrown while a request is read, where passing a refusal up would only be noise.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal { get; } = refusal;
}
