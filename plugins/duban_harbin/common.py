"""What the departments share: the source of the practice."""

SOURCE = "哈尔滨一家报纸对2024年3月12日代表建议交办会的报道"
