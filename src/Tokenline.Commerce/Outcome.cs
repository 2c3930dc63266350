using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce;

/// <summary>An expected no: a code of the catalogue, words for a person, and the field at fault.</summary>
public sealed record Refused(Problem Problem, string Message, string? Param = null)
{
    public static Refused Invalid(string param, string message) => new(Problems.InvalidRequest, message, param);

    /// <summary>A charging account's no. Its words begin with the field at fault where there is one.</summary>
    public static Refused By(Refusal refusal)
    {
        var colon = refusal.Message.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && !refusal.Message.AsSpan(0, colon).Contains(' ')
            ? new(refusal.Problem, refusal.Message[(colon + 2)..], refusal.Message[..colon])
            : new(refusal.Problem, refusal.Message);
    }

    public static Refused NotFound(string what, string id) => new(Problems.NotFound, $"There is no {what} '{id}'.");
}

/// <summary>A value, or why there is none.</summary>
public readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, Refused? refused) => (Value, Refused) = (value, refused);

    public T? Value { get; }
    public Refused? Refused { get; }

    /// <summary>The value, where a refusal would be a bug.</summary>
    public T Required() => Value ?? throw new InvalidOperationException(Refused?.Message ?? "an outcome is a value or a refusal");

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refused refused) => new(null, refused);
}
