namespace Tokenline.Host.Doctor;

internal enum Health
{
    Well,

    /// <summary>It serves, and will not for ever.</summary>
    Watch,

    /// <summary>It does not serve, or what it has promised is not safe.</summary>
    Ill,
}

/// <param name="About">Two or three words.</param>
/// <param name="Says">What was seen.</param>
/// <param name="Remedy">What to do; null: nothing.</param>
internal sealed record Finding(string About, Health Health, string Says, string? Remedy = null)
{
    public static Finding Well(string about, string says) => new(about, Health.Well, says);

    public static Finding Watch(string about, string says, string remedy) => new(about, Health.Watch, says, remedy);

    public static Finding Ill(string about, string says, string remedy) => new(about, Health.Ill, says, remedy);
}
