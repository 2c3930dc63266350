namespace Tokenline.Gateway.Protocols.Translation;

internal enum LossAction
{
    /// <summary>Left out; the answer's header <c>x-tokenline-dropped</c> names the field.</summary>
    Drop,

    /// <summary>A 400 that names the field.</summary>
    Refuse,
}

/// <summary>A row of a pair's table: a field of the client's protocol that the vendor's has no word for.</summary>
/// <param name="Field">Such as <c>seed</c> or <c>messages[].name</c>: as the client writes it, with empty brackets for "any".</param>
/// <param name="Why">For the documentation, and for the refusal.</param>
/// <param name="Word">What a writer calls it, which does not know the client's names: one of <see cref="LossWords"/>. Null where only a reader meets it.</param>
internal sealed record Loss(string Field, LossAction Action, string Why, string? Word = null);

/// <summary>What a translation had to leave out, or the first thing for which it must be refused.</summary>
internal sealed class TranslationNotes(IReadOnlyList<Loss> losses)
{
    private List<string>? dropped;

    public IReadOnlyList<string> Dropped => dropped ?? (IReadOnlyList<string>)[];

    /// <summary>Null: the translation is good.</summary>
    public TranslationRefusal? Refusal { get; private set; }

    /// <summary>The vendor's protocol has no word for this field. The pair's table says what happens; a field that is in no table is refused.</summary>
    /// <param name="field">As in the table: the client's name of it, or from a writer the word.</param>
    /// <param name="param">Where it stands, such as <c>messages[3].name</c>; the field itself if left out.</param>
    public void Lose(string field, string? param = null)
    {
        foreach (var loss in losses)
        {
            if (loss.Field != field && loss.Word != field)
                continue;
            if (loss.Action == LossAction.Drop)
                Drop(loss.Field);
            else
                Refuse(param ?? loss.Field, $"'{param ?? loss.Field}' cannot be passed to this model's vendor: {loss.Why}.");
            return;
        }
        Refuse(param ?? field, $"'{param ?? field}' cannot be passed to this model's vendor.");
    }

    /// <summary>The body is at fault in its own protocol.</summary>
    public void Refuse(string? param, string message) => Refusal ??= new(message, param);

    private void Drop(string field)
    {
        dropped ??= [];
        if (!dropped.Contains(field))
            dropped.Add(field);
    }
}

/// <summary>Goes out as a 400 in the client's protocol.</summary>
internal sealed record TranslationRefusal(string Message, string? Param);
