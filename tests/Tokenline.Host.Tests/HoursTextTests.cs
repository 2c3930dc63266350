using Tokenline.Host.Verbs;

namespace Tokenline.Host.Tests;

/// <summary>Hours as they are typed at <c>tokenline allotment put</c>.</summary>
public class HoursTextTests
{
    [Theory]
    [InlineData("07:00-21:30", null, "07:00", "21:30", null)]
    [InlineData("saturday,sunday 09:00-22:00", "saturday,sunday", "09:00", "22:00", null)]
    [InlineData("22:00-06:00 on glm-5,kimi-k2.6", null, "22:00", "06:00", "glm-5,kimi-k2.6")]
    [InlineData("monday 07:00-09:00 on glm-5", "monday", "07:00", "09:00", "glm-5")]
    public void Hours_are_read_with_their_days_and_models(string text, string? days, string from, string until, string? models)
    {
        var hours = HoursText.Parse(text);

        Assert.Equal((from, until), (hours.From, hours.Until));
        Assert.Equal(days, hours.Days is null ? null : string.Join(',', hours.Days));
        Assert.Equal(models, hours.Models is null ? null : string.Join(',', hours.Models));
    }

    [Theory]
    [InlineData("")]
    [InlineData("07:00")]
    [InlineData("07:00-09:00-11:00")]
    [InlineData("on glm-5")]
    [InlineData("monday tuesday 07:00-09:00")]
    public void What_is_no_hours_is_refused_with_the_form_of_them(string text) =>
        Assert.Contains(HoursText.Form, Assert.Throws<SettingException>(() => HoursText.Parse(text)).Message);
}
