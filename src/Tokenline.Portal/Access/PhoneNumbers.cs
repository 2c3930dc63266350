namespace Tokenline.Portal.Access;

/// <summary>Phone numbers as people write them.</summary>
internal static class PhoneNumbers
{
    private const int LengthMax = 32;

    /// <summary>Without blanks, brackets and hyphens; an international 00 is a plus sign, and eleven digits that begin with 1 are a Chinese mobile number.</summary>
    public static string? Read(string? text)
    {
        if (text is not { Length: <= LengthMax })
            return null;
        var number = new string([.. text.Where(c => c is not (' ' or '\u00a0' or '(' or ')' or '-'))]);
        if (number.StartsWith("00", StringComparison.Ordinal))
            return "+" + number[2..];
        return number is ['1', _, _, _, _, _, _, _, _, _, _] ? "+86" + number : number;
    }
}
